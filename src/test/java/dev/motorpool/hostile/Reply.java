package dev.motorpool.hostile;

/**
 * The answer to a request.
 *
 * @param status 0 if the connection was closed without an answer
 * @param text the beginning of the body
 * @param bytes all bytes received, the head included
 */
record Reply(int status, String text, long bytes) {

    static final Reply CLOSED = new Reply(0, "", 0);
}
