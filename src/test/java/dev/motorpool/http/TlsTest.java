package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS by Spring Boot's own settings, with a generated certificate. */
@Tag("slow")
class TlsTest {

    private static final String PASSWORD = "changeit";
    private static final String ECHO = "{\"function\":\"echo\",\"args\":[1]}";

    @TempDir
    static Path folder;

    private static ServiceExtension.Service fromStore;
    private static ServiceExtension.Service fromFiles;
    private static SSLContext trusting;

    @BeforeAll
    static void start() throws Exception {
        Path store = folder.resolve("tls.p12");
        keytool("-genkeypair -alias tls -keyalg EC -validity 2 -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1"
                + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + store);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path certificate = pem("CERTIFICATE", keys.getCertificate("tls").getEncoded());
        Path key = pem("PRIVATE KEY", keys.getKey("tls", PASSWORD.toCharArray()).getEncoded());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("tls", keys.getCertificate("tls"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        fromStore = new ServiceExtension.Service(
                "--server.ssl.key-store=" + store, "--server.ssl.key-store-password=" + PASSWORD);
        fromFiles = new ServiceExtension.Service(
                "--server.ssl.certificate=" + certificate, "--server.ssl.certificate-private-key=" + key);
    }

    private static void keytool(String arguments) throws Exception {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = Stream.concat(Stream.of(program), Stream.of(arguments.split(" ", -1)))
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("keytool.txt")))
                .isZero();
    }

    private static Path pem(String type, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                folder.resolve(type.replace(' ', '-') + ".pem"),
                "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n",
                StandardCharsets.US_ASCII);
    }

    @AfterAll
    static void stop() throws Exception {
        fromStore.close();
        fromFiles.close();
    }

    @Test
    void callsMapsAndStreamsGoOverTls() throws Exception {
        for (ServiceExtension.Service service : List.of(fromStore, fromFiles)) {
            callsMapsAndStreamsGoOverTls(service);
        }
    }

    private static void callsMapsAndStreamsGoOverTls(ServiceExtension.Service service) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            assertThat(post(client, service, "/v1/apply", ECHO)).contains("\"value\":1");
            String items = "{\"function\":\"echo\",\"items\":[1,2,3]}";
            assertThat(post(client, service, "/v1/map", items)).contains("\"value\":[1,2,3]");
            assertThat(post(client, service, "/v1/imap", items)).endsWith("{\"end\":true,\"count\":3,\"failed\":0}\n");
        }
    }

    private static String post(HttpClient client, ServiceExtension.Service service, String path, String body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("https://localhost:" + service.client().port() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void whoDoesNotTrustTheCertificateSendsNothing() {
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThatThrownBy(() -> post(client, fromFiles, "/v1/apply", ECHO)).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void plainHttpIsNotAnswered() throws Exception {
        try (RawConnection connection = fromStore.client().connect()) {
            connection.send("GET /v1/pools HTTP/1.1\r\nHost: localhost\r\n\r\n");
            try {
                assertThat(connection.read().status()).isEqualTo(400);
            } catch (EOFException closed) {
                assertThat(closed).hasMessageNotContaining("HTTP/1.1 2");
            }
        }
    }
}
