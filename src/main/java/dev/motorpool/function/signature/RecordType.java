package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An object whose members are the components of a record. A record may contain others of its own type. */
public final class RecordType implements ValueType {

    private static final int SHOWN = 100;

    /** A component. It can be left out if it takes null. */
    public record Member(String name, ValueType type) {

        boolean required() {
            return !(type instanceof NullableType) && !(type instanceof OptionalType);
        }
    }

    private final Constructor<?> constructor;

    /** Set once, before the first use: the type of a member may be this one. */
    private List<Member> members = List.of();

    /** Whether the schema of this is being written; a record within itself is left open there. */
    private boolean writing;

    /** @param constructor the canonical one, accessible */
    public RecordType(Constructor<?> constructor) {
        this.constructor = constructor;
    }

    /** Completes the type. */
    public void setMembers(List<Member> components) {
        members = List.copyOf(components);
    }

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.OBJECT) {
            return ValueType.wrongKind("an object", value);
        }
        boolean[] given = new boolean[members.size()];
        for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
            int index = indexOf(cursor.name());
            if (index < 0) {
                return unknown(cursor.name());
            }
            given[index] = true;
            Misfit misfit = members.get(index).type().check(cursor.value(), urls);
            if (misfit != null) {
                return misfit.under(JsonPointers.member("", cursor.name()));
            }
        }
        for (int i = 0; i < given.length; i++) {
            if (!given[i] && members.get(i).required()) {
                return new Misfit("must have the member " + members.get(i).name());
            }
        }
        return null;
    }

    private Misfit unknown(String name) {
        String cut = name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "...";
        String suggestion = NearestName.among(members.stream().map(Member::name).toList(), name);
        return new Misfit(
                "must not have the member " + cut + (suggestion == null ? "" : "; did you mean " + suggestion + "?"));
    }

    private int indexOf(String name) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public Object bind(RawJson value) {
        @Nullable Object[] arguments = new @Nullable Object[members.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] =
                    members.get(i).required() ? null : members.get(i).type().bind(RawJson.NULL);
        }
        for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
            int index = indexOf(cursor.name());
            arguments[index] = members.get(index).type().bind(cursor.value());
        }
        return construct(arguments);
    }

    /** A constructor may refuse its arguments; what it throws is what the function throws. */
    private Object construct(@Nullable Object[] arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refusal) {
                throw refusal;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalArgumentException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void writeIndex(JsonWriter out) {
        throw new UnsupportedOperationException("only built-in functions have an index");
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "object", nullable);
        if (writing) {
            return;
        }
        writing = true;
        out.name("properties").beginObject();
        for (Member member : members) {
            out.name(member.name()).beginObject();
            member.type().writeSchema(out, false);
            out.endObject();
        }
        out.endObject().name("required").beginArray();
        members.stream().filter(Member::required).forEach(member -> out.value(member.name()));
        out.endArray().name("additionalProperties").value(false);
        writing = false;
    }
}
