package dev.motorpool.detached.model;

/**
 * Identifies repetitions of a detached call: an {@code Idempotency-Key}, scoped to the path and the API key of the
 * request.
 *
 * @param tenant the tenant of the API key
 * @param owner the API key's name, empty without keys
 * @param path the verb's path
 * @param key 1 to 255 visible ASCII characters
 * @param digest SHA-256 of the body's bytes, in hexadecimal
 */
public record RepeatKey(String tenant, String owner, String path, String key, String digest) {}
