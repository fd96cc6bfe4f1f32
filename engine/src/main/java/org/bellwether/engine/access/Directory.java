package org.bellwether.engine.access;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Stored;

/**
 * A directory of users that is not the engine's own.
 *
 * @param name the profile with which its users sign on: {@code joe@name}
 * @param settings how it is reached, by name
 * @param sealed the password of the account that the engine looks with
 */
record Directory(Id<Directory> id, String name, Kind kind, Map<String, String> settings, Sealed sealed)
        implements Stored<Directory> {

    /** What it speaks, and which attributes its entries have. */
    enum Kind {
        LDAP(
                "uid",
                "entryUUID",
                "(objectClass=inetOrgPerson)",
                "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))"),
        AD("sAMAccountName", "objectGUID", "(&(objectCategory=person)(objectClass=user))", "(objectClass=group)"),
        /** Not asked, but signed on with: its users are known once they came. */
        OIDC("preferred_username", "sub", "", "");

        private final String login;
        private final String entry;
        private final String people;
        private final String groups;

        Kind(String login, String entry, String people, String groups) {
            this.login = login;
            this.entry = entry;
            this.people = people;
            this.groups = groups;
        }

        static Kind of(String word) {
            try {
                return valueOf(word.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw Failure.badRequest("There are no directories of the kind '" + word + "'")
                        .next("Use ldap, ad or oidc");
            }
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Set<String> OF_PROVIDERS =
            Set.of("url", "client_id", "ca_file", "scopes", "login_attribute", "groups_claim");
    private static final Set<String> OF_LDAP = Set.of(
            "url",
            "base",
            "bind_dn",
            "start_tls",
            "ca_file",
            "default",
            "login_attribute",
            "entry_attribute",
            "user_filter",
            "group_filter",
            "kerberos_keytab",
            "kerberos_principal");

    Directory {
        settings = Map.copyOf(settings);
    }

    /** As the API calls it. */
    String domain() {
        return name + "-authz";
    }

    String setting(String key, String otherwise) {
        String value = settings.getOrDefault(key, "");
        return value.isBlank() ? otherwise : value.strip();
    }

    /** Whether names without a profile are its users'. */
    boolean isDefault() {
        return setting("default", "false").equals("true");
    }

    String loginAttribute() {
        return setting("login_attribute", kind.login);
    }

    String entryAttribute() {
        return setting("entry_attribute", kind.entry);
    }

    String userFilter() {
        return setting("user_filter", kind.people);
    }

    String groupFilter() {
        return setting("group_filter", kind.groups);
    }

    /** @throws Failure of the kind BAD_REQUEST when it cannot work like that */
    Directory checked() {
        if (name.equals(InternalUser.PROFILE) || !name.matches("[A-Za-z0-9._-]{1,60}")) {
            throw Failure.badRequest("A directory cannot be called '" + name + "'")
                    .because("a profile has 1 to 60 letters, digits and . _ -, and 'internal' is the engine's own");
        }
        boolean provider = kind == Kind.OIDC;
        for (String needed : new String[] {"url", provider ? "client_id" : "base"}) {
            if (setting(needed, "").isEmpty()) {
                throw Failure.badRequest("A directory needs the setting '" + needed + "'");
            }
        }
        String url = setting("url", "");
        if (provider && !url.matches("https://[^ ?#]+|http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?(/[^ ?#]*)?")) {
            throw Failure.badRequest("'" + url + "' is no address of a provider of OpenID Connect")
                    .next("Write its issuer, such as https://login.example.org/realms/corp");
        }
        if (!provider && !url.matches("ldaps?://[^/ ]+")) {
            throw Failure.badRequest("'" + url + "' is no address of a directory")
                    .next("Write ldaps://server or ldap://server:389");
        }
        var known = provider ? OF_PROVIDERS : OF_LDAP;
        for (String key : settings.keySet()) {
            if (!known.contains(key)) {
                throw Failure.badRequest("A directory of the kind " + kind.word() + " has no setting '" + key + "'")
                        .next("There are: " + String.join(", ", new TreeSet<>(known)));
            }
        }
        Kerberos.check(this);
        return this;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return kind.word() + " " + name + " " + new TreeMap<>(settings);
    }
}
