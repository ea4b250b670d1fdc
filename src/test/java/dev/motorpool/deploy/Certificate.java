package dev.motorpool.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of localhost that signs itself, in a folder as a secret of the type kubernetes.io/tls is mounted. */
final class Certificate {

    private static final String PASSWORD = "changeit";

    private final KeyStore keys;

    /** Makes {@code tls.crt} and {@code tls.key} there. */
    Certificate(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("tls.p12");
        String arguments = "-genkeypair -alias tls -keyalg EC -validity 2 -dname CN=localhost -ext san=dns:localhost"
                + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + store.toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments.split(" ", -1)));
        Programs.run(folder, command);
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        pem(folder.resolve("tls.crt"), "CERTIFICATE", keys.getCertificate("tls").getEncoded());
        pem(
                folder.resolve("tls.key"),
                "PRIVATE KEY",
                keys.getKey("tls", PASSWORD.toCharArray()).getEncoded());
    }

    private static void pem(Path file, String type, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    /** Of a client that trusts it and nothing else. */
    SSLContext trusting() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("tls", keys.getCertificate("tls"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
