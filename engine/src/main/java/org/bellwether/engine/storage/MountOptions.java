package org.bellwether.engine.storage;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.pki.Sealed;
import org.jspecify.annotations.Nullable;

/**
 * What mount(8) is told beside a place, separated by commas. A password may be among it, so all of it is kept encrypted, and
 * what looks like a secret is told to the hosts and shown to nobody.
 */
public final class MountOptions {

    static final MountOptions NONE = new MountOptions(null);

    /** Stands for a secret that is not shown; sent back, it means the one that is known. */
    private static final String HIDDEN = "****";

    private static final Pattern SECRET = Pattern.compile("pass|pwd|secret|token|key");

    private final @Nullable Sealed stored;

    private MountOptions(@Nullable Sealed stored) {
        this.stored = stored;
    }

    static MountOptions of(String text) {
        return text.isEmpty() ? NONE : new MountOptions(Sealed.of(Secret.of(text)));
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static MountOptions read(String stored) {
        return stored.isEmpty() ? NONE : new MountOptions(Sealed.stored(stored));
    }

    @JsonValue
    String written() {
        return stored == null ? "" : stored.stored();
    }

    /** As hosts must be told. */
    String open() {
        return stored == null ? "" : stored.open().reveal();
    }

    /** Without secrets, for people; only stars when the key is lost that opens them. */
    String shown() {
        if (stored == null) {
            return "";
        }
        try {
            return Arrays.stream(open().split(",", -1)).map(MountOptions::shown).collect(Collectors.joining(","));
        } catch (Failure unreadable) {
            return HIDDEN;
        }
    }

    private static String shown(String option) {
        var name = name(option);
        if (SECRET.matcher(name.toLowerCase(Locale.ROOT)).find() && option.length() > name.length()) {
            return name + "=" + HIDDEN;
        }
        // CIFS takes user=NAME%PASSWORD.
        int percent = option.indexOf('%');
        return name.startsWith("user") && percent >= 0 ? option.substring(0, percent + 1) + HIDDEN : option;
    }

    private static String name(String option) {
        int equals = option.indexOf('=');
        return equals < 0 ? option : option.substring(0, equals);
    }

    /** These, with the secrets of earlier ones wherever these have only the stars that stand for them. */
    MountOptions over(MountOptions before) {
        if (stored == null || !open().contains(HIDDEN)) {
            return this;
        }
        if (open().equals(HIDDEN)) {
            return before;
        }
        Map<String, String> known = new LinkedHashMap<>();
        for (String option : before.open().split(",", -1)) {
            known.put(name(option), option);
        }
        return of(Arrays.stream(open().split(",", -1))
                .map(option -> option.endsWith(HIDDEN)
                        ? Optional.ofNullable(known.get(name(option))).orElse(option)
                        : option)
                .collect(Collectors.joining(",")));
    }

    /** Whether it is as it was written before it was encrypted. */
    boolean plain() {
        return stored != null && stored.plain();
    }

    MountOptions sealed() {
        return plain() ? of(open()) : this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MountOptions options && options.written().equals(written());
    }

    @Override
    public int hashCode() {
        return written().hashCode();
    }

    @Override
    public String toString() {
        return shown();
    }
}
