package dev.motorpool.pool;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A worker whose reports a test decides. It says hello when it is started. */
final class ScriptedLink implements WorkerLink {

    final List<Message.Order> orders = new ArrayList<>();
    private final List<String> features;

    /** Whether it says hello and accepts orders. */
    boolean works = true;

    boolean killed;

    @Nullable
    Listener listener;

    ScriptedLink(List<String> features) {
        this.features = features;
    }

    @Override
    public void start() {
        report().spawned(ProcessHandle.current());
        if (works) {
            report().received(List.of(new Message.Hello(FrameCodec.VERSION, RawJson.of("[]"), features)));
        }
    }

    @Override
    public long send(Message.Order order) {
        orders.add(order);
        return orders.size();
    }

    @Override
    public long accepted() {
        return works ? orders.size() : 0;
    }

    @Override
    public void kill() {
        killed = true;
    }

    Listener report() {
        return Objects.requireNonNull(listener);
    }

    <T extends Message.Order> Stream<T> sent(Class<T> sort) {
        return orders.stream().filter(sort::isInstance).map(sort::cast);
    }
}
