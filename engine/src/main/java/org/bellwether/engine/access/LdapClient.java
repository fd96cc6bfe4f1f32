package org.bellwether.engine.access;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.LDAPURL;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.PEMFileTrustManager;
import com.unboundid.util.ssl.SSLUtil;
import java.io.File;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.bellwether.engine.access.DirectoryEntry.Membership;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;

/** Asks one directory by LDAP. A connection for each question: log-ins are rare, and a directory may be restarted at any time. */
final class LdapClient {
    private static final int CONNECT_MILLIS = 5_000;
    private static final long ANSWER_MILLIS = 10_000;
    private static final int MOST = 200;
    private static final int DEPTH = 10;
    private static final int UUID_BYTES = 16;

    private final Directory directory;

    LdapClient(Directory directory) {
        this.directory = directory;
    }

    /**
     * Whom a name and a password stand for.
     *
     * @return empty when the directory does not know the two together
     * @throws Failure of the kind UNAVAILABLE when the directory does not answer
     */
    Optional<DirectoryEntry> authenticate(String principal, Secret password) {
        // A bind without a password succeeds with many servers, as nobody.
        if (password.isEmpty() || principal.isBlank()) {
            return Optional.empty();
        }
        return asked(connection -> {
            Optional<SearchResultEntry> found = person(connection, principal);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (LDAPConnection own = connect()) {
                own.bind(found.get().getDN(), password.reveal());
            } catch (LDAPException refused) {
                if (refused.getResultCode().equals(ResultCode.INVALID_CREDENTIALS)
                        || refused.getResultCode().equals(ResultCode.UNWILLING_TO_PERFORM)
                        || refused.getResultCode().equals(ResultCode.INVALID_DN_SYNTAX)) {
                    return Optional.empty();
                }
                throw refused;
            }
            return Optional.of(entry(connection, found.get()));
        });
    }

    /** Somebody by name, without a password: for giving permissions before they ever signed on. */
    Optional<DirectoryEntry> find(String principal) {
        return asked(connection -> {
            Optional<SearchResultEntry> found = person(connection, principal);
            return found.isPresent() ? Optional.of(entry(connection, found.get())) : Optional.empty();
        });
    }

    /** Those whose name, full name or mail begins or ends or is as the text says; {@code *} stands for anything. */
    List<DirectoryEntry> search(String text, int limit) {
        return asked(connection -> {
            List<Filter> places = new ArrayList<>();
            for (String attribute : List.of(directory.loginAttribute(), "cn", "givenName", "sn", "mail")) {
                places.add(matching(attribute, text));
            }
            Filter filter =
                    Filter.createANDFilter(Filter.create(directory.userFilter()), Filter.createORFilter(places));
            List<DirectoryEntry> found = new ArrayList<>();
            for (SearchResultEntry each : entries(connection, filter, limit)) {
                found.add(described(each, List.of()));
            }
            return found;
        });
    }

    List<Membership> searchGroups(String text, int limit) {
        return asked(connection -> {
            Filter filter = Filter.createANDFilter(Filter.create(directory.groupFilter()), matching("cn", text));
            List<Membership> found = new ArrayList<>();
            for (SearchResultEntry each : entries(connection, filter, limit)) {
                found.add(group(each));
            }
            return found;
        });
    }

    /** The text as values, never as part of the filter: what people type cannot change the question. */
    private static Filter matching(String attribute, String text) {
        if (text.isBlank() || text.equals("*")) {
            return Filter.createPresenceFilter(attribute);
        }
        if (!text.contains("*")) {
            return Filter.createEqualityFilter(attribute, text);
        }
        String[] parts = text.split("\\*", -1);
        List<String> middle = new ArrayList<>();
        for (int i = 1; i < parts.length - 1; i++) {
            if (!parts[i].isEmpty()) {
                middle.add(parts[i]);
            }
        }
        String first = parts[0].isEmpty() ? null : parts[0];
        String last = parts[parts.length - 1].isEmpty() ? null : parts[parts.length - 1];
        return Filter.createSubstringFilter(attribute, first, middle.toArray(String[]::new), last);
    }

    private Optional<SearchResultEntry> person(LDAPConnection connection, String principal) throws LDAPException {
        Filter filter = Filter.createANDFilter(
                Filter.create(directory.userFilter()),
                Filter.createEqualityFilter(directory.loginAttribute(), principal));
        List<SearchResultEntry> found = entries(connection, filter, 2);
        // Two of one name would be a guess.
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private List<SearchResultEntry> entries(LDAPConnection connection, Filter filter, int limit) throws LDAPException {
        SearchRequest request = new SearchRequest(
                directory.setting("base", ""), SearchScope.SUB, filter, "*", directory.entryAttribute());
        request.setSizeLimit(Math.min(limit, MOST));
        try {
            return connection.search(request).getSearchEntries();
        } catch (LDAPSearchException partly) {
            if (partly.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                return partly.getSearchEntries();
            }
            throw partly;
        }
    }

    private DirectoryEntry entry(LDAPConnection connection, SearchResultEntry person) throws LDAPException {
        return described(person, memberships(connection, person.getDN()));
    }

    private DirectoryEntry described(SearchResultEntry person, List<Membership> groups) {
        return new DirectoryEntry(
                identity(person),
                text(person, directory.loginAttribute()),
                text(person, "givenName"),
                text(person, "sn"),
                text(person, "mail"),
                text(person, "department").isEmpty() ? text(person, "ou") : text(person, "department"),
                groups);
    }

    /** The groups that an entry is in, and those that these are in, also when they go in circles. */
    private List<Membership> memberships(LDAPConnection connection, String dn) throws LDAPException {
        Map<String, Membership> found = new LinkedHashMap<>();
        List<String> members = List.of(dn);
        for (int depth = 0; depth < DEPTH && !members.isEmpty(); depth++) {
            List<String> next = new ArrayList<>();
            for (String member : members) {
                Filter filter = Filter.createANDFilter(
                        Filter.create(directory.groupFilter()),
                        Filter.createORFilter(
                                Filter.createEqualityFilter("member", member),
                                Filter.createEqualityFilter("uniqueMember", member)));
                for (SearchResultEntry each : entries(connection, filter, MOST)) {
                    if (found.putIfAbsent(each.getDN(), group(each)) == null) {
                        next.add(each.getDN());
                    }
                }
            }
            members = next;
        }
        return List.copyOf(found.values());
    }

    private Membership group(SearchResultEntry group) {
        return new Membership(identity(group), text(group, "cn"));
    }

    /** Active Directory's are sixteen bytes, the first three parts of them in the other order. */
    private String identity(SearchResultEntry entry) {
        Attribute attribute = entry.getAttribute(directory.entryAttribute());
        if (attribute == null) {
            throw Failure.unavailable("The directory " + directory.name() + " does not tell the "
                            + directory.entryAttribute() + " of " + entry.getDN())
                    .next("Let the account that the engine looks with read it, or name another entry_attribute");
        }
        byte[] bytes = attribute.getValueByteArray();
        if (directory.kind() == Directory.Kind.AD && bytes.length == UUID_BYTES) {
            ByteBuffer guid = ByteBuffer.wrap(bytes);
            long first = Integer.toUnsignedLong(Integer.reverseBytes(guid.getInt())) << 32
                    | Short.toUnsignedLong(Short.reverseBytes(guid.getShort())) << 16
                    | Short.toUnsignedLong(Short.reverseBytes(guid.getShort()));
            return new UUID(first, guid.getLong()).toString();
        }
        return attribute.getValue();
    }

    private static String text(SearchResultEntry entry, String attribute) {
        String value = entry.getAttributeValue(attribute);
        return value == null ? "" : value;
    }

    /** Something that is asked over a connection of its own. */
    private interface Question<T> {
        T ask(LDAPConnection connection) throws LDAPException;
    }

    private <T> T asked(Question<T> question) {
        try (LDAPConnection connection = connect()) {
            String account = directory.setting("bind_dn", "");
            if (!account.isEmpty()) {
                connection.bind(account, directory.sealed().open().reveal());
            }
            return question.ask(connection);
        } catch (LDAPException failed) {
            throw Failure.unavailable("The directory " + directory.name() + " did not answer as it should")
                    .because(failed.getResultCode().getName() + ": " + failed.getMessage())
                    .next("Look at its settings with bw directory show, and whether it runs");
        }
    }

    private LDAPConnection connect() throws LDAPException {
        LDAPURL url = new LDAPURL(directory.setting("url", ""));
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(CONNECT_MILLIS);
        options.setResponseTimeoutMillis(ANSWER_MILLIS);
        options.setFollowReferrals(false);
        options.setSSLSocketVerifier(new com.unboundid.util.ssl.HostNameSSLSocketVerifier(true));
        if (url.getScheme().equals("ldaps")) {
            return new LDAPConnection(tls().getSocketFactory(), options, url.getHost(), url.getPort());
        }
        LDAPConnection connection = new LDAPConnection(options, url.getHost(), url.getPort());
        if (directory.setting("start_tls", "false").equals("true")) {
            try {
                connection.processExtendedOperation(new StartTLSExtendedRequest(tls()));
            } catch (LDAPException refused) {
                connection.close();
                throw refused;
            }
        }
        return connection;
    }

    private SSLContext tls() throws LDAPException {
        try {
            String authority = directory.setting("ca_file", "");
            return authority.isEmpty()
                    ? SSLContext.getDefault()
                    : new SSLUtil(new PEMFileTrustManager(new File(authority))).createSSLContext();
        } catch (GeneralSecurityException unusable) {
            throw new LDAPException(ResultCode.CONNECT_ERROR, "TLS: " + unusable.getMessage(), unusable);
        }
    }
}
