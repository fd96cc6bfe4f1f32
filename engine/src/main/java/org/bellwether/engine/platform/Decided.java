package org.bellwether.engine.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.bellwether.api.Attribute;
import org.bellwether.api.Codec;
import org.bellwether.api.Format;
import org.bellwether.api.Kind;
import org.bellwether.api.Struct;
import org.bellwether.api.StructBuilder;
import org.bellwether.api.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What people decide of an object, as the API's own document: what they send, without what only the engine may say.
 *
 * <p>An attribute that the engine gives no meaning to yet is kept too, so that it comes back as it was sent; but no secret, which
 * would be stored as it was said and told to everybody who may look.
 */
public final class Decided {

    private static final Pattern SECRET = Pattern.compile(".*(password|passphrase|secret).*");

    /** Whoever keeps these keeps the hash of their password. */
    private static final Set<String> KEPT_AS_HASH = Set.of("initialization");

    private Decided() {}

    /**
     * The input without its identity, without links to other objects, without what else is observed, and without secrets: who
     * keeps one takes it from the input and seals it.
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
            if (!identity && !link && !observed.contains(name) && !secret(attribute)) {
                var value = input.value(attribute);
                builder.set(attribute, KEPT_AS_HASH.contains(name) ? value : withoutSecrets(value));
            }
        }
        return builder.build();
    }

    private static boolean secret(Attribute attribute) {
        return attribute.kind() == Kind.STRING
                && SECRET.matcher(attribute.name()).matches();
    }

    private static @Nullable Object withoutSecrets(@Nullable Object value) {
        return switch (value) {
            case Struct struct -> plain(struct.structType(), struct);
            case List<?> list -> list.stream().map(Decided::withoutSecrets).toList();
            case null, default -> value;
        };
    }

    private static <T extends Struct> Struct plain(StructType<T> type, Struct struct) {
        var builder = type.newBuilder();
        for (var attribute : type.attributes()) {
            if (!secret(attribute)) {
                builder.set(attribute, withoutSecrets(struct.value(attribute)));
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
