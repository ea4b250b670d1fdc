package dev.motorpool.webhook;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.ForbiddenAddressException;
import dev.motorpool.address.NameLookups;
import dev.motorpool.address.WebTarget;
import dev.motorpool.json.RawJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.classic.MinimalHttpClient;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Posts bodies to receivers over HTTP/1.1, on persistent connections, each to an address that the guard has permitted.
 * Redirects are not followed, no proxy is used, cookies are not kept. Blocks its caller, a virtual thread, at most for
 * the time of an answer. Thread-safe.
 */
public final class WebhookClient implements AutoCloseable {

    /** Maximum connections, including idle ones. More than are ever used at once, so that no try waits for one. */
    static final int MOST_CONNECTIONS = 1_500;

    private static final int LONGEST_HEADER_LINE = 16 << 10;
    private static final int MOST_HEADERS = 200;
    private static final int BUFFER = 1 << 10;
    private static final URI ROOT = URI.create("/");
    private static final TimeValue IDLE = TimeValue.ofSeconds(20);

    private final WebhookSettings settings;
    private final NameLookups lookups;
    private final PoolingHttpClientConnectionManager connections;
    private final MinimalHttpClient client;

    /** Connections that serve one request, in place of one that turned out to be closed. */
    private final PoolingHttpClientConnectionManager freshConnections;

    private final MinimalHttpClient freshClient;
    private final Deadlines deadlines;

    public WebhookClient(AddressGuard guard, WebhookSettings settings) {
        this(guard, settings, InetAddress::getAllByName);
    }

    WebhookClient(AddressGuard guard, WebhookSettings settings, NameLookups.Names names) {
        this.settings = settings;
        this.lookups = new NameLookups("webhook-resolver-", names, settings.answerTimeout());
        Resolver resolver = new Resolver(guard, lookups);
        this.connections = connections(settings, resolver);
        this.client = HttpClients.createMinimal(connections);
        this.freshConnections = connections(settings, resolver);
        this.freshClient = HttpClients.createMinimal(freshConnections);
        this.deadlines = new Deadlines(settings.answerTimeout(), () -> connections.closeIdle(IDLE));
    }

    private static PoolingHttpClientConnectionManager connections(WebhookSettings settings, Resolver resolver) {
        Http1Config http = Http1Config.custom()
                .setMaxLineLength(LONGEST_HEADER_LINE)
                .setMaxHeaderCount(MOST_HEADERS)
                .build();
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(resolver)
                .setConnectionFactory(new Connections(http))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                        // The deadlines limit the reading, and cost nothing for requests in time.
                        .setSocketTimeout(Timeout.DISABLED)
                        .setTimeToLive(TimeValue.ofMinutes(10))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom()
                        .setSoTimeout(Timeout.DISABLED)
                        .setTcpNoDelay(true)
                        .build())
                .setMaxConnTotal(MOST_CONNECTIONS)
                .setMaxConnPerRoute(MOST_CONNECTIONS)
                .build();
    }

    /** Sends a body to a valid URL. Returns the result. */
    WebhookResponse post(String url, Map<String, String> headers, RawJson body) {
        WebTarget target = WebTarget.parse(url);
        long end = deadlines.endOfTry();
        WebhookResponse first = attempt(target, headers, body, end, true);
        // The other side may have closed a persistent connection at any moment, and others with it.
        return first == null ? Objects.requireNonNull(attempt(target, headers, body, end, false)) : first;
    }

    /**
     * Tries once. Returns null if a persistent connection was closed during it.
     *
     * @param again whether it may be tried again then; if not, it is sent on a new connection
     */
    private @Nullable WebhookResponse attempt(
            WebTarget target, Map<String, String> headers, RawJson body, long end, boolean again) {
        HttpPost request = request(target, headers, body);
        if (!again) {
            request.setHeader("Connection", "close");
        }
        HttpClientContext context = HttpClientContext.create();
        Head head = new Head();
        try (Deadlines.Deadline deadline = deadlines.begin(request, end)) {
            try {
                (again ? client : freshClient).execute(host(target), request, context, response -> {
                    head.read(response);
                    readBody(request, response);
                    return null;
                });
            } catch (IOException | RuntimeException e) {
                if (head.webhookResponse == null) {
                    boolean late = deadline.passed();
                    return again && !late && wasKept(context) ? null : WebhookResponse.silence(sentence(e, late));
                }
                // The receiver has answered; a fault in the rest of its answer changes nothing.
            }
        }
        WebhookResponse webhookResponse = head.webhookResponse;
        return webhookResponse == null ? WebhookResponse.silence("no answer") : webhookResponse;
    }

    private static HttpHost host(WebTarget target) {
        return new HttpHost(target.scheme(), target.host(), target.port());
    }

    private static HttpPost request(WebTarget target, Map<String, String> headers, RawJson body) {
        HttpPost request = new HttpPost(ROOT);
        // Not from a URI: a path that begins with two slashes would be read as one with a host.
        request.setScheme(target.scheme());
        request.setAuthority(new URIAuthority(host(target)));
        request.setPath(target.path());
        headers.forEach(request::setHeader);
        request.setHeader("User-Agent", "Motorpool");
        request.setEntity(
                new ByteArrayEntity(body.bytes(), body.offset(), body.length(), ContentType.APPLICATION_JSON));
        return request;
    }

    /** The first line and the headers of an answer. */
    private static final class Head {
        private @Nullable WebhookResponse webhookResponse;

        void read(ClassicHttpResponse response) {
            Header retryAfter = response.getFirstHeader("Retry-After");
            int status = response.getCode();
            String error = status / 100 == 3 ? "redirects are not followed" : null;
            webhookResponse = new WebhookResponse(status, retryAfter == null ? null : retryAfter.getValue(), error);
        }
    }

    /** Reads a short body to its end, so that the connection can be used again. Closes the connection of a long one. */
    private void readBody(HttpPost request, ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return;
        }
        InputStream content = entity.getContent();
        byte[] buffer = new byte[BUFFER];
        long length = 0;
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            length += read;
            if (length > settings.answerLimit()) {
                request.cancel();
                throw new IOException("the answer is longer than is read");
            }
        }
    }

    private static boolean wasKept(HttpClientContext context) {
        EndpointDetails endpoint = context.getEndpointDetails();
        return endpoint != null && endpoint.getResponseCount() > 0;
    }

    private String sentence(Exception failure, boolean late) {
        if (late) {
            return "no answer within " + settings.answerTimeout().toMillis() / 1000.0 + " s";
        }
        return switch (failure) {
            case ForbiddenAddressException forbidden -> String.valueOf(forbidden.getMessage());
            case UnknownHostException unknown -> "the name cannot be resolved: " + unknown.getMessage();
            case SSLException tls -> "no secure connection: " + tls.getMessage();
            case NoHttpResponseException closed -> "the connection was closed without an answer";
            case ConnectTimeoutException slow ->
                "no connection within " + settings.connectTimeout().toMillis() / 1000.0 + " s";
            case ConnectException refused -> "no connection: " + refused.getMessage();
            case SocketException broken -> "the connection broke: " + broken.getMessage();
            default -> "no answer that can be read: " + failure.getMessage();
        };
    }

    /** Ends all requests under way, and all connections. */
    @Override
    public void close() {
        deadlines.close();
        connections.close(CloseMode.IMMEDIATE);
        freshConnections.close(CloseMode.IMMEDIATE);
        lookups.close();
    }

    private record Connections(Http1Config config) implements HttpConnectionFactory<ManagedHttpClientConnection> {
        @Override
        public ManagedHttpClientConnection createConnection(@Nullable Socket none) {
            return new ReceiverConnection(config);
        }
    }

    /** Returns only permitted addresses, and exactly those are connected to. */
    private record Resolver(AddressGuard guard, NameLookups lookups) implements DnsResolver {
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
