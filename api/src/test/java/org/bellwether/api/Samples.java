package org.bellwether.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bellwether.api.types.Structs;

/** Objects of any type with attributes by chance; the same seed makes the same objects. */
final class Samples {
    private static final int DEEPEST = 3;

    private final SplittableRandom random;
    private final String alphabet;

    Samples(long seed, String alphabet) {
        this.random = new SplittableRandom(seed);
        this.alphabet = alphabet;
    }

    static List<StructType<?>> types() {
        var types = new ArrayList<StructType<?>>();
        for (int i = 0; i < Structs.count(); i++) {
            types.add(Structs.struct(i));
        }
        return types;
    }

    <T extends Struct> T struct(StructType<T> type) {
        return struct(type, 1);
    }

    private <T extends Struct> T struct(StructType<T> type, int depth) {
        var builder = type.newBuilder();
        for (var attribute : type.attributes()) {
            if (depth == 1 ? random.nextInt(5) > 0 : random.nextInt(3) == 0) {
                if (attribute.kind() != Kind.STRUCT || depth < DEEPEST) {
                    builder.set(attribute, attribute.isList() ? list(attribute, depth) : one(attribute, depth));
                }
            }
        }
        return builder.build();
    }

    private List<Object> list(Attribute attribute, int depth) {
        var list = new ArrayList<Object>();
        for (int i = random.nextInt(4); i > 0; i--) {
            var one = one(attribute, depth);
            list.add(one instanceof String text ? "x" + text : one);
        }
        return list;
    }

    private Object one(Attribute attribute, int depth) {
        return switch (attribute.kind()) {
            case STRING -> attribute.isHref() ? "/somewhere/" + random.nextInt(100) : text();
            case INTEGER -> random.nextBoolean() ? random.nextLong() : (Long) (long) random.nextInt(100);
            case DECIMAL -> random.nextBoolean() ? random.nextDouble(-1e6, 1e6) : (Double) (double) random.nextInt();
            case BOOLEAN -> random.nextBoolean();
            case DATE -> Instant.ofEpochMilli(random.nextLong(0, 4_000_000_000_000L));
            case ENUM -> {
                var values = attribute.enumeration().values();
                yield values.get(random.nextInt(values.size()));
            }
            case STRUCT -> struct(attribute.struct(), depth + 1);
        };
    }

    private String text() {
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
