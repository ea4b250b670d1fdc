package dev.motorpool.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver of webhooks on loopback that records what it is sent, and answers as a test chooses. */
public final class HookReceiver implements AutoCloseable {

    /** A received message. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Message(String path, Map<String, String> headers, byte[] body, long nanos) {

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Answers one message, on its connection. */
    @FunctionalInterface
    public interface Manners {
        void answer(Message message, Socket connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listening;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Thread acceptor;

    /** Set by tests from any thread. */
    private volatile Manners manners;

    /** A receiver that accepts everything. */
    public HookReceiver() throws IOException {
        this(status(204));
    }

    public HookReceiver(Manners manners) throws IOException {
        this(manners, new ServerSocket(0, 1_000, InetAddress.ofLiteral("127.0.0.1")));
    }

    /** A receiver on a listening socket, for instance one that speaks TLS. */
    public HookReceiver(Manners manners, ServerSocket listening) {
        this.manners = manners;
        this.listening = listening;
        this.acceptor = Thread.ofVirtual().start(this::accept);
    }

    /** An answer without a body. */
    public static Manners status(int status, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (status != 204) {
            head.append("Content-Length: 0\r\n");
        }
        return raw(head.append("\r\n").toString());
    }

    /** Arbitrary bytes as an answer. */
    public static Manners raw(String answer) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        return (message, connection) -> connection.getOutputStream().write(bytes);
    }

    public void manners(Manners next) {
        manners = next;
    }

    public int port() {
        return listening.getLocalPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /** All received messages, with any answer. */
    public List<Message> messages() {
        return messages;
    }

    /** Number of connections so far. */
    public int connections() {
        return accepted.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listening.accept();
                accepted.incrementAndGet();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException closed) {
            // as requested
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            while (true) {
                Message message = read(in);
                messages.add(message);
                manners.answer(message, connection);
                if (connection.isClosed()) {
                    return;
                }
            }
        } catch (IOException over) {
            // the other side has closed it, or this one
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    private static Message read(InputStream in) throws IOException {
        String[] first = line(in).split(" ", 3);
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(": ?", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Message(first[1], headers, body, System.nanoTime());
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Resets a connection. */
    public static void reset(Socket connection) throws SocketException, IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket connection : connections) {
            connection.close();
        }
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
