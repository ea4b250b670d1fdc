package dev.motorpool.pool.settings;

import dev.motorpool.json.RawJson;

/** The call that each new worker of a pool runs first. */
public record Initializer(String function, RawJson args, RawJson kwargs) {}
