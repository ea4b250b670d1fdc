package dev.motorpool.detached.model;

/**
 * What makes a detaching call safe to repeat: an {@code Idempotency-Key}, under the path and the API key that it came
 * with.
 *
 * @param tenant whom the API key's jobs belong to
 * @param owner the API key's name, empty without keys
 * @param path the verb's path
 * @param key 1 to 255 visible ASCII characters
 * @param digest SHA-256 of the body's bytes, in hexadecimal
 */
public record RepeatKey(String tenant, String owner, String path, String key, String digest) {}
