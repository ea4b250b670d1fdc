package dev.motorpool.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A client that submits a job, long-polls for its result, and then submits the next, all on one connection. The time of
 * a job is from the first byte of its submission to the last one of its result.
 */
final class PollRun implements AutoCloseable {

    private static final String LOCATION = "\r\nLocation: ";
    private static final String SUCCEEDED = "\"state\":\"succeeded\"";

    private final SocketChannel channel;
    private final int port;
    private final ByteBuffer submission;
    private final AnswerBuffer answer = new AnswerBuffer();
    private final LatencyHistogram latencies = new LatencyHistogram();
    private byte[] firstAnswer = {};

    PollRun(int port, byte[] submission) throws IOException {
        this.port = port;
        this.submission = ByteBuffer.wrap(submission);
        this.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    LoadResult forMillis(long millis) throws IOException {
        long begin = System.nanoTime();
        long end = begin + millis * 1_000_000;
        long now = begin;
        while (now - end < 0) {
            long sent = now;
            job();
            now = System.nanoTime();
            latencies.add(now - sent);
        }
        return LoadResult.of(latencies, now - begin, firstAnswer);
    }

    private void job() throws IOException {
        String accepted = exchange(submission.clear());
        int at = accepted.indexOf(LOCATION);
        if (at < 0) {
            throw new IOException("an answer without Location: " + accepted);
        }
        int from = at + LOCATION.length();
        String path = accepted.substring(from, accepted.indexOf("\r\n", from));
        String poll = "GET " + path + "?wait=30 HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
        String result = exchange(ByteBuffer.wrap(poll.getBytes(StandardCharsets.US_ASCII)));
        if (!result.contains(SUCCEEDED)) {
            throw new IOException("a job that did not succeed: " + result);
        }
        if (firstAnswer.length == 0) {
            firstAnswer = result.getBytes(StandardCharsets.UTF_8);
        }
    }

    private String exchange(ByteBuffer request) throws IOException {
        while (request.hasRemaining()) {
            channel.write(request);
        }
        answer.clear();
        boolean whole = false;
        while (!whole) {
            whole = answer.readFrom(channel);
        }
        return new String(answer.bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
