package dev.motorpool.conform;

import dev.motorpool.wire.Message;
import org.jspecify.annotations.Nullable;

/** The hello of the first worker of a run. Owned by the thread that runs the checks. */
final class FirstHello {

    private Message.@Nullable Hello hello;

    Message.@Nullable Hello get() {
        return hello;
    }

    /** Keeps it, if it is the first. */
    void offer(Message.Hello said) {
        if (hello == null) {
            hello = said;
        }
    }
}
