package org.bellwether.engine.notification;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bellwether.engine.event.LoggedEvent;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Stored;

/**
 * A way on which people or programs are told of events.
 *
 * @param severity the least severity that is told
 * @param codes the only events that are told; empty means all
 * @param settings what the way needs, by name, such as the address of a mail server
 * @param sealed the password, the key of signatures, the community, or the passphrase that traps are signed with; empty when it
 *     needs none
 * @param privacy the passphrase that traps are encrypted with; absent when they are not
 */
record Channel(
        Id<Channel> id,
        String name,
        Kind kind,
        boolean enabled,
        Severity severity,
        Set<Integer> codes,
        Map<String, String> settings,
        Sealed sealed,
        Optional<Sealed> privacy)
        implements Stored<Channel> {

    /** How it tells. */
    enum Kind {
        MAIL("host from", "port security user to"),
        WEBHOOK("url", ""),
        SNMP("address", "oid version user auth privacy");

        private final String needed;
        private final String possible;

        Kind(String needed, String possible) {
            this.needed = needed;
            this.possible = possible;
        }

        static Kind of(String word) {
            try {
                return valueOf(word.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw Failure.badRequest("There are no notifications of the kind '" + word + "'")
                        .next("Use mail, webhook or snmp");
            }
        }

        void check(Map<String, String> settings) {
            for (String name : needed.split(" ")) {
                if (settings.getOrDefault(name, "").isBlank()) {
                    throw Failure.badRequest("Notifications by " + word() + " need the setting '" + name + "'")
                            .undone("Nothing was changed");
                }
            }
            Set<String> known = Set.of((needed + " " + possible).strip().split(" "));
            for (String name : settings.keySet()) {
                if (!known.contains(name)) {
                    throw Failure.badRequest("Notifications by " + word() + " have no setting '" + name + "'")
                            .next("There are: " + String.join(", ", new TreeSet<>(known)));
                }
            }
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In growing order. */
    enum Severity {
        NORMAL,
        WARNING,
        ERROR,
        ALERT;

        static Severity of(String word) {
            try {
                return valueOf(word.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw Failure.badRequest("There is no severity '" + word + "'")
                        .next("Use normal, warning, error or alert");
            }
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Channel {
        codes = Set.copyOf(codes);
        settings = Map.copyOf(settings);
    }

    boolean tells(LoggedEvent event) {
        return enabled
                && Severity.of(event.severity()).compareTo(severity) >= 0
                && (codes.isEmpty() || codes.contains(event.code()));
    }

    String setting(String name, String otherwise) {
        String value = settings.getOrDefault(name, "");
        return value.isBlank() ? otherwise : value.strip();
    }

    int number(String name, int otherwise) {
        try {
            return Integer.parseInt(setting(name, Integer.toString(otherwise)));
        } catch (NumberFormatException noNumber) {
            throw Failure.badRequest("The setting '" + name + "' is no number");
        }
    }

    /** The password, the key of signatures, the community, or the passphrase that traps are signed with. */
    String secret() {
        return sealed.open().reveal();
    }

    /** The passphrase that traps are encrypted with; empty when they are not. */
    String privacySecret() {
        return privacy.map(kept -> kept.open().reveal()).orElse("");
    }

    /** Refuses what cannot work, whatever is at the other end. */
    Channel checked() {
        kind.check(settings);
        number("port", 1);
        if (kind == Kind.SNMP) {
            TrapSecurity.of(this);
        } else if (!privacySecret().isEmpty()) {
            throw Failure.badRequest("Notifications by " + kind.word() + " have no passphrase for encryption")
                    .next("Leave privacy_secret away");
        }
        return this;
    }

    /** Without the secret, which no log may show. */
    @Override
    public String toString() {
        return kind.word() + " " + name + " " + new TreeMap<>(settings);
    }
}
