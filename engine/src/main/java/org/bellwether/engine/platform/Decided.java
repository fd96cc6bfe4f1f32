package org.bellwether.engine.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;
import org.bellwether.api.Codec;
import org.bellwether.api.Format;
import org.bellwether.api.Struct;
import org.bellwether.api.StructBuilder;
import org.bellwether.api.StructType;

/**
 * What people decide of an object, as the API's own document: what they send, without what only the engine may say.
 *
 * <p>An attribute that the engine gives no meaning to yet is kept too, so that it comes back as it was sent.
 */
public final class Decided {

    private Decided() {}

    /**
     * The input without its identity, without links to other objects, and without what else is observed.
     *
     * @param observed attributes that are not the caller's to decide, and those kept elsewhere
     * @param kept links that are decisions, such as the CPU profile of a machine
     */
    public static <T extends Struct> T of(StructType<T> type, T input, Set<String> observed, Set<String> kept) {
        StructBuilder<T> builder = type.newBuilder();
        for (var attribute : type.attributes()) {
            var name = attribute.name();
            boolean identity = name.equals("id") || name.equals("href") || name.equals("name");
            boolean link = attribute.isLink() && !kept.contains(name);
            if (!identity && !link && !observed.contains(name)) {
                builder.set(attribute, input.value(attribute));
            }
        }
        return builder.build();
    }

    /** Reads a document of defaults that lies beside the class it is for. */
    public static <T extends Struct> T defaults(Class<?> beside, String resource, StructType<T> type) {
        try (var in = Objects.requireNonNull(beside.getResourceAsStream(resource), resource)) {
            return Codec.read(Format.JSON, in.readAllBytes(), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
