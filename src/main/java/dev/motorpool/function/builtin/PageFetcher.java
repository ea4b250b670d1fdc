package dev.motorpool.function.builtin;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.ForbiddenAddressException;
import dev.motorpool.address.NameLookups;
import dev.motorpool.address.Network;
import dev.motorpool.address.WebTarget;
import dev.motorpool.function.TraceContext;
import dev.motorpool.function.builtin.Fetching.Page;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pages from addresses that a guard permits, within a limit of bytes and one of time. Each fetch runs on a
 * virtual thread of its own, which the caller waits for: so a caller on any kind of thread can be interrupted, and the
 * time limit holds for the whole, name resolution and a slowly dripping answer included. Thread-safe.
 */
final class PageFetcher implements AutoCloseable {

    static final String ALLOW = "motorpool.fetch.allow";
    static final String LIMIT = "motorpool.fetch.limit";
    static final String TIMEOUT = "motorpool.fetch.timeout";

    private static final int LONGEST_HEADER_LINE = 16 * 1024;
    private static final int MOST_HEADERS = 200;
    private static final int MOST_CONNECTIONS = 1_000_000;

    private final AddressGuard guard;
    private final long limit;
    private final Duration timeout;
    private final CloseableHttpClient client;
    private final NameLookups lookups;

    PageFetcher(AddressGuard guard, long limit, Duration timeout) {
        this.guard = guard;
        this.limit = limit;
        this.timeout = timeout;
        this.lookups = new NameLookups("fetch-resolver-", InetAddress::getAllByName, timeout);
        this.client = client();
    }

    /** A fetcher as the system properties say that the service gives its workers. */
    static PageFetcher fromSystemProperties() {
        // Without this the HTTP client's logging API reports on every worker's standard error that it has no back end.
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        AddressGuard guard = new AddressGuard(Network.parseList(System.getProperty(ALLOW, "")), ALLOW);
        long limit = Long.parseLong(System.getProperty(LIMIT, "16777216"));
        double seconds = Double.parseDouble(System.getProperty(TIMEOUT, "30"));
        return new PageFetcher(guard, limit, Duration.ofMillis(Math.max(1, Math.round(seconds * 1000))));
    }

    private CloseableHttpClient client() {
        // Longer than the limit of the whole request, so that the latter is the one reported.
        Timeout wait = Timeout.of(timeout.plusSeconds(1));
        Http1Config bounded = Http1Config.custom()
                .setMaxLineLength(LONGEST_HEADER_LINE)
                .setMaxHeaderCount(MOST_HEADERS)
                .build();
        return HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new GuardedResolver())
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(bounded)
                                .build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(wait)
                                .setSocketTimeout(wait)
                                .build())
                        .setDefaultSocketConfig(
                                SocketConfig.custom().setSoTimeout(wait).build())
                        // No fetch waits for another one's connection.
                        .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                        .setMaxConnPerRoute(MOST_CONNECTIONS)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(wait)
                        .setResponseTimeout(wait)
                        .setRedirectsEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                // Directly to the target, even if the environment names proxies.
                .setRoutePlanner(new DefaultRoutePlanner(null))
                // A kept connection would outlive the check of its address.
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setUserAgent("motorpool")
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableContentCompression()
                .build();
    }

    /**
     * Fetches one page.
     *
     * @param trace the trace that the request says it belongs to; null if it is to say nothing
     * @throws ForbiddenAddressException if the URL points where it must not
     * @throws SocketTimeoutException if the answer is not complete in time
     * @throws IOException if there is none, or it is too long
     */
    Page fetch(String url, @Nullable TraceContext trace) throws Exception {
        WebTarget target = WebTarget.parse(url);
        String objection = guard.objection(target);
        if (objection != null) {
            throw new ForbiddenAddressException(objection);
        }
        HttpGet request = request(target, trace);
        HttpHost host = new HttpHost(target.scheme(), target.host(), target.port());
        FutureTask<Page> exchange = new FutureTask<>(() -> exchange(host, request));
        Thread thread = Thread.ofVirtual().name("fetch").start(exchange);
        try {
            return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("There was no complete answer within " + timeout.toMillis() / 1000.0
                    + " s, the limit of " + TIMEOUT + ".");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        } finally {
            // Both ways to end the wait also close the socket, which ends the exchange.
            request.cancel();
            thread.interrupt();
        }
    }

    private static HttpGet request(WebTarget target, @Nullable TraceContext trace) {
        HttpGet request = new HttpGet(target.path());
        if (trace != null) {
            request.setHeader("traceparent", trace.traceparent());
            if (trace.tracestate() != null) {
                request.setHeader("tracestate", trace.tracestate());
            }
        }
        return request;
    }

    private Page exchange(HttpHost host, HttpGet request) throws IOException {
        return client.execute(host, request, response -> {
            try {
                return read(response);
            } catch (IOException e) {
                // Else the client would read the rest in order to be polite.
                request.cancel();
                throw e;
            }
        });
    }

    private Page read(ClassicHttpResponse response) throws IOException {
        MessageDigest digest = Computing.sha256();
        long length = 0;
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            if (entity.getContentLength() > limit) {
                throw tooLong();
            }
            InputStream body = entity.getContent();
            byte[] buffer = new byte[8192];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                length += read;
                if (length > limit) {
                    throw tooLong();
                }
                digest.update(buffer, 0, read);
            }
        }
        Header type = response.getFirstHeader("Content-Type");
        @Nullable String contentType = type == null ? null : type.getValue();
        return new Page(response.getCode(), length, contentType, HexFormat.of().formatHex(digest.digest()));
    }

    private IOException tooLong() {
        return new IOException("The page has more than " + limit + " bytes, the limit of " + LIMIT + ".");
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
        lookups.close();
    }

    /** Gives out only addresses that are permitted, and exactly those are connected to. */
    private final class GuardedResolver implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return guard.permitted(lookups.all(host));
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
