package dev.motorpool.function.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.ForbiddenAddressException;
import dev.motorpool.address.Network;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(LeavesNothingBehind.class)
class PageFetcherTest {

    private static final String LOOPBACK = "127.0.0.0/8";
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    /** What a server does with one connection whose request has been read. */
    private interface Answer {
        void write(Socket socket, OutputStream out) throws Exception;
    }

    /** Accepts connections on loopback and keeps the heads of the requests. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();

        Server(Answer answer) throws IOException {
            threads.execute(() -> {
                try {
                    while (true) {
                        Socket client = socket.accept();
                        threads.execute(() -> serve(client, answer));
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
        }

        private void serve(Socket client, Answer answer) {
            try (client) {
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                List<String> head = new ArrayList<>();
                for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                    head.add(line);
                }
                requests.add(head);
                answer.write(client, client.getOutputStream());
            } catch (Exception gone) {
                // The client or the test went away.
            }
        }

        String url(String path) {
            return "http://127.0.0.1:" + socket.getLocalPort() + path;
        }

        @Override
        public void close() throws IOException {
            socket.close();
            threads.shutdownNow();
        }
    }

    private static Answer sending(String answer) {
        return (socket, out) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static PageFetcher fetcher(String allowed, long limit, double seconds) {
        return new PageFetcher(
                new AddressGuard(Network.parseList(allowed), PageFetcher.ALLOW), limit, Duration.ofMillis((long)
                        (seconds * 1000)));
    }

    private static String sha256(String text) {
        return HexFormat.of().formatHex(Computing.sha256().digest(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /**
     * The HTTP client's classes ask the JDK which options sockets have, and the JDK opens three sockets to see, which it
     * leaves to the garbage collector: this happens once, before anything is counted.
     */
    @BeforeAll
    static void makeTheFirstClient() {
        fetcher(LOOPBACK, 1, 1).close();
    }

    @Test
    void tellsStatusLengthTypeAndHash() throws Exception {
        try (Server server = new Server(sending(OK + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"));
                PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
            assertThat(fetcher.fetch(server.url("/a?b=c#d"), null))
                    .isEqualTo(new Fetching.Page(200, 5, "text/plain", sha256("hello")));
            assertThat(server.requests.take())
                    .startsWith("GET /a?b=c HTTP/1.1")
                    .contains("Host: 127.0.0.1:" + server.socket.getLocalPort(), "User-Agent: motorpool")
                    .noneMatch(line -> line.startsWith("Accept-Encoding") || line.startsWith("Upgrade"));
        }
    }

    @Test
    void aNameIsConnectedToWhereItWasChecked() throws Exception {
        try (Server server = new Server(sending(OK + "Content-Length: 0\r\n\r\n"));
                PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
            assertThat(fetcher.fetch(server.url("/").replace("127.0.0.1", "localhost"), null))
                    .isEqualTo(new Fetching.Page(200, 0, null, sha256("")));
            assertThat(server.requests.take()).contains("Host: localhost:" + server.socket.getLocalPort());
        }
    }

    @Test
    void redirectsAndErrorsAreAnswersLikeOthers() throws Exception {
        for (String status : new String[] {"301 Moved", "404 Not Found", "500 Error", "401 Unauthorized"}) {
            try (Server server = new Server(sending("HTTP/1.1 " + status
                            + "\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                            + "Content-Length: 1\r\n\r\nx"));
                    PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
                for (int i = 0; i < 2; i++) {
                    assertThat(fetcher.fetch(server.url("/"), null).status())
                            .isEqualTo(Integer.parseInt(status.substring(0, 3)));
                    assertThat(server.requests.take()).noneMatch(line -> line.startsWith("Cookie"));
                }
                assertThat(server.requests).isEmpty();
            }
        }
    }

    @Test
    void compressedBodiesStayAsTheyAre() throws Exception {
        try (Server server = new Server(sending(OK + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnogzi"));
                PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
            assertThat(fetcher.fetch(server.url("/"), null).sha256()).isEqualTo(sha256("nogzi"));
        }
    }

    @Test
    void aPageOverTheLimitIsAnError() throws Exception {
        String chunk = "64\r\n" + "x".repeat(100) + "\r\n";
        for (String answer : new String[] {
            OK + "Content-Length: 101\r\n\r\n",
            OK + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(1000),
            OK + "\r\n" + "x".repeat(101)
        }) {
            try (Server server = new Server(sending(answer));
                    PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
                assertThatThrownBy(() -> fetcher.fetch(server.url("/"), null))
                        .isInstanceOf(IOException.class)
                        .hasMessage("The page has more than 100 bytes, the limit of motorpool.fetch.limit.");
            }
        }
        try (Server server = new Server(sending(OK + "\r\n" + "x".repeat(100)));
                PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
            assertThat(fetcher.fetch(server.url("/"), null).length()).isEqualTo(100);
        }
    }

    @Test
    void anEndlessPageEndsAtTheLimit() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        Answer endless = (socket, out) -> {
            try {
                out.write((OK + "\r\n").getBytes(StandardCharsets.US_ASCII));
                byte[] block = new byte[8192];
                while (true) {
                    out.write(block);
                }
            } finally {
                left.countDown();
            }
        };
        try (Server server = new Server(endless);
                PageFetcher fetcher = fetcher(LOOPBACK, 1 << 20, 30)) {
            assertThatThrownBy(() -> fetcher.fetch(server.url("/"), null))
                    .hasMessageContaining("more than 1048576 bytes");
            assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void slowAnswersEndAtTheTimeLimitAsAWhole() throws Exception {
        Answer silent = (socket, out) -> socket.getInputStream().read();
        Answer dripping = (socket, out) -> {
            out.write((OK + "Content-Length: 10000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            drip(socket, out);
        };
        Answer drippingHead = (socket, out) -> {
            out.write((OK + "X-Long: ").getBytes(StandardCharsets.US_ASCII));
            drip(socket, out);
        };
        for (Answer answer : List.of(silent, dripping, drippingHead)) {
            try (Server server = new Server(answer);
                    PageFetcher fetcher = fetcher(LOOPBACK, 100_000, 0.3)) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> fetcher.fetch(server.url("/"), null))
                        .isInstanceOf(SocketTimeoutException.class)
                        .hasMessage("There was no complete answer within 0.3 s, the limit of motorpool.fetch.timeout.");
                assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
            }
        }
    }

    /** A byte every 20 ms, until the client has gone. */
    private static void drip(Socket socket, OutputStream out) throws IOException {
        socket.setSoTimeout(20);
        while (true) {
            out.write('x');
            try {
                if (socket.getInputStream().read() < 0) {
                    return;
                }
            } catch (SocketTimeoutException next) {
                // It is still there.
            }
        }
    }

    @Test
    void anInterruptClosesTheConnection() throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch closed = new CountDownLatch(1);
            Answer waiting = (socket, out) -> {
                asked.countDown();
                try {
                    socket.getInputStream().read();
                } finally {
                    closed.countDown();
                }
            };
            try (Server server = new Server(waiting);
                    PageFetcher fetcher = fetcher(LOOPBACK, 100, 60)) {
                BlockingQueue<Object> outcome = new LinkedBlockingQueue<>();
                Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
                Thread thread = builder.start(() -> outcome.add(result(() -> fetcher.fetch(server.url("/"), null))));
                assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

                thread.interrupt();

                assertThat(outcome.poll(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
                assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
                thread.join();
            }
        }
    }

    private static Object result(Callable<?> callable) {
        try {
            return callable.call();
        } catch (Exception e) {
            return e;
        }
    }

    /** None of them is answered before all have arrived: they wait for each other nowhere. */
    @Test
    void manyAtOnceAreNotServedOneByOne() throws Exception {
        int many = 150;
        CountDownLatch arrived = new CountDownLatch(many);
        Answer together = (socket, out) -> {
            arrived.countDown();
            arrived.await();
            out.write((OK + "Content-Length: 2\r\n\r\nok").getBytes(StandardCharsets.US_ASCII));
        };
        try (Server server = new Server(together);
                PageFetcher fetcher = fetcher(LOOPBACK, 100, 50);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Fetching.Page>> pages = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                String url = server.url("/" + i).replace("127.0.0.1", i % 2 == 0 ? "localhost" : "127.0.0.1");
                pages.add(callers.submit(() -> fetcher.fetch(url, null)));
            }
            for (Future<Fetching.Page> page : pages) {
                assertThat(page.get().sha256()).isEqualTo(sha256("ok"));
            }
        }
    }

    @Test
    void whereItMustNotPointIsRefusedBeforeConnecting() throws Exception {
        try (Server server = new Server(sending(OK + "\r\n"));
                PageFetcher fetcher = fetcher("", 100, 10)) {
            assertThatThrownBy(() -> fetcher.fetch(server.url("/"), null))
                    .isInstanceOf(ForbiddenAddressException.class)
                    .hasMessage("127.0.0.1 is a loopback address, which is refused unless motorpool.fetch.allow allows"
                            + " its network.");
            assertThatThrownBy(() -> fetcher.fetch("ftp://example.org/", null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The URL must begin with http:// or https://.");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void aNameThatResolvesToWhereItMustNotIsRefused() throws Exception {
        String local = InetAddress.getLocalHost().getHostName();
        try (PageFetcher fetcher = fetcher("", 100, 10)) {
            assertThatThrownBy(() -> fetcher.fetch("http://" + local + "/", null))
                    .isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void whoCannotBeReachedIsAnError() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
            assertThatThrownBy(() -> fetcher.fetch("http://127.0.0.1:" + port + "/", null))
                    .isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> fetcher.fetch("http://no-such-host.invalid/", null))
                    .isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void proxiesOfTheEnvironmentAreNotUsed() throws Exception {
        try (Server server = new Server(sending(OK + "Content-Length: 0\r\n\r\n"));
                Server proxy = new Server(sending("HTTP/1.1 502 Proxied\r\nContent-Length: 0\r\n\r\n"))) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(proxy.socket.getLocalPort()));
            System.setProperty("http.nonProxyHosts", "");
            try (PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
                assertThat(fetcher.fetch(server.url("/"), null).status()).isEqualTo(200);
                assertThat(proxy.requests).isEmpty();
            } finally {
                System.clearProperty("http.proxyHost");
                System.clearProperty("http.proxyPort");
                System.clearProperty("http.nonProxyHosts");
            }
        }
    }

    @Test
    void garbageIsAnError() throws Exception {
        for (String answer : new String[] {
            "", "garbage\r\n\r\n", OK + "Content-Length: 10\r\n\r\nshort", OK + "X: " + "y".repeat(100_000) + "\r\n\r\n"
        }) {
            try (Server server = new Server(sending(answer));
                    PageFetcher fetcher = fetcher(LOOPBACK, 100, 10)) {
                assertThatThrownBy(() -> fetcher.fetch(server.url("/"), null)).isInstanceOf(IOException.class);
            }
        }
    }
}
