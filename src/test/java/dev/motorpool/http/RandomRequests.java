package dev.motorpool.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Requests that range from valid ones to noise; the same for the same seed. */
final class RandomRequests {

    private static final List<String> PATHS = List.of(
            "GET /v1/functions",
            "GET /v1/functions/fib",
            "GET /v1/functions?limit=2&cursor=abc",
            "GET /v1/pools",
            "GET /v1/pools/threads/workers?limit=1",
            "GET /v1/pools/fuzz/join?timeout=0.01",
            "GET /actuator/health",
            "HEAD /v1/pools/threads",
            "OPTIONS /v1/apply",
            "DELETE /v1/pools/fuzz",
            "POST /v1/pools/fuzz/pause",
            "POST /v1/pools/fuzz/workers/fuzz-1/terminate",
            "POST /v1/imap?function=echo",
            "GET /v1/jobs?limit=2&state=failed&tag=a:b",
            "GET /v1/jobs/0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f?wait=0.01&value=false",
            "GET /v1/jobs/0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f/items?order=completion&after=1",
            "POST /v1/jobs/cancel?tag=nothing:here",
            "DELETE /v1/jobs/0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f",
            "POST /v1/nothing");

    private static final List<String> BODIES = List.of(
            "{\"function\":\"echo\",\"args\":[{\"a\":[1,2.50,\"\\u00e4\"],\"b\":null}]}",
            "{\"function\":\"fib\",\"args\":[5],\"kwargs\":{},\"pool\":\"threads\",\"timeout\":5,\"priority\":1}",
            "{\"function\":\"sleep\",\"args\":[0.02],\"pool\":\"coroutines\",\"tags\":{\"a\":\"b\"}}",
            "{\"function\":\"sleep\",\"args\":[1.5],\"pool\":\"coroutines\"}",
            "{\"function\":\"raise\",\"args\":[\"x\"],\"pool\":\"threads\"}",
            "{\"function\":\"count\",\"kwargs\":{\"n\":1000}}",
            "{\"function\":\"echo\",\"items\":[1,[2],\"3\"],\"chunksize\":2}",
            "{\"function\":\"fib\",\"items\":[1,2,100],\"pool\":\"threads\"}",
            "{\"ids\":[\"0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f\"],\"return_when\":\"first_completed\",\"timeout\":0.01}",
            "{\"function\":\"echo\",\"args\":[1],\"retries\":1,\"delay\":0.01,\"retain\":1,\"tags\":{\"a\":\"b\"}}",
            "1\n{\"a\":2}\n\n[3]\n");

    private static final List<String> CALLS = List.of(
            "POST /v1/apply HTTP/1.1\r\nContent-Type: application/json",
            "POST /v1/apply HTTP/1.1\r\nContent-Type: application/json",
            "POST /v1/map HTTP/1.1\r\nContent-Type: application/json",
            "POST /v1/imap HTTP/1.1\r\nContent-Type: application/json",
            "POST /v1/apply_async HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: fuzz",
            "POST /v1/map_async HTTP/1.1\r\nContent-Type: application/json",
            "POST /v1/wait HTTP/1.1\r\nContent-Type: application/json",
            "POST /v1/as_completed HTTP/1.1\r\nContent-Type: application/json",
            "POST /v1/imap?function=echo&pool=threads HTTP/1.1\r\nContent-Type: application/x-ndjson",
            "POST /v1/imap_unordered?function=fib HTTP/1.1\r\nContent-Type: application/x-ndjson");

    private final Random random;

    RandomRequests(long seed) {
        random = new Random(seed);
    }

    Random random() {
        return random;
    }

    /** The bytes of one or several requests. */
    byte[] next() {
        return switch (random.nextInt(10)) {
            case 0 -> noise(1 + random.nextInt(600));
            case 1 -> truncated(request());
            case 2, 3 -> mutated(request());
            case 4 -> hugeHeaders();
            case 5 -> sentAhead();
            case 6, 7 -> withBody(mutated(pick(BODIES).getBytes(StandardCharsets.UTF_8)));
            case 8 -> withBody(noise(random.nextInt(300)));
            default -> request();
        };
    }

    private byte[] request() {
        if (random.nextBoolean()) {
            return withBody(pick(BODIES).getBytes(StandardCharsets.UTF_8));
        }
        return (pick(PATHS) + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private byte[] withBody(byte[] body) {
        String head = pick(CALLS) + "\r\nHost: localhost\r\n";
        if (random.nextInt(3) > 0) {
            return join((head + "Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8), body);
        }
        ByteArrayOutputStream chunked = new ByteArrayOutputStream();
        chunked.writeBytes((head + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        int from = 0;
        while (from < body.length) {
            int to = Math.min(body.length, from + 1 + random.nextInt(40));
            chunked.writeBytes((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.UTF_8));
            chunked.write(body, from, to - from);
            chunked.writeBytes(new byte[] {'\r', '\n'});
            from = to;
        }
        chunked.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        return chunked.toByteArray();
    }

    private byte[] sentAhead() {
        byte[] all = {};
        for (int i = 2 + random.nextInt(5); i > 0; i--) {
            all = join(all, random.nextInt(5) == 0 ? mutated(request()) : request());
        }
        return all;
    }

    private byte[] hugeHeaders() {
        StringBuilder head = new StringBuilder("GET /v1/pools HTTP/1.1\r\nHost: localhost\r\n");
        int count = 1 + random.nextInt(150);
        int length = random.nextInt(300);
        for (int i = 0; i < count; i++) {
            head.append("X-").append(i).append(": ").append("y".repeat(length)).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] truncated(byte[] bytes) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }

    private byte[] mutated(byte[] bytes) {
        byte[] changed = bytes;
        for (int i = 1 + random.nextInt(4); i > 0 && changed.length > 0; i--) {
            int at = random.nextInt(changed.length);
            changed = switch (random.nextInt(4)) {
                case 0 -> join(Arrays.copyOf(changed, at), Arrays.copyOfRange(changed, at + 1, changed.length));
                case 1 -> join(Arrays.copyOf(changed, at), noise(1), Arrays.copyOfRange(changed, at, changed.length));
                case 2 -> {
                    byte[] copy = changed.clone();
                    copy[at] = noise(1)[0];
                    yield copy;
                }
                default -> {
                    int to = at + random.nextInt(changed.length - at);
                    yield join(Arrays.copyOf(changed, to), Arrays.copyOfRange(changed, at, changed.length));
                }
            };
        }
        return changed;
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            String likely = "{}[]\",:0123456789eE+-.\\ \r\n\ttrufalsn/%?&=;";
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) likely.charAt(random.nextInt(likely.length()));
            }
        }
        return bytes;
    }

    private String pick(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
