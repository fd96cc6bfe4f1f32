package org.bellwether.engine.access;

import java.io.File;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.http.WebRequest;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing on by a ticket of Kerberos (SPNEGO, RFC 4559). A directory that has a keytab for the engine's name takes tickets of
 * its own realm; who came is then looked for in it by the name before the realm.
 */
final class Kerberos {
    private static final Logger log = LoggerFactory.getLogger(Kerberos.class);
    private static final String SCHEME = "Negotiate";

    /** RFC 4178 and RFC 1964. */
    private static final String SPNEGO = "1.3.6.1.5.5.2";

    private static final String KERBEROS = "1.2.840.113554.1.2.2";

    private final Directories directories;
    private final Accounts accounts;

    Kerberos(Directories directories, Accounts accounts) {
        this.directories = directories;
        this.accounts = accounts;
    }

    /**
     * @param user who came, or nobody yet
     * @param answer the header {@code WWW-Authenticate} of the answer
     */
    record Met(Optional<Principal> user, String answer) {}

    /** @param answer what the client gets to be sure of the engine, in Base64 */
    private record Ticket(String name, String realm, String answer) {}

    /** Whether any directory signs on like this. */
    boolean served() {
        return !withKeytabs().isEmpty();
    }

    private List<Directory> withKeytabs() {
        return directories.model().all().stream()
                .filter(directory -> !directory.setting("kerberos_keytab", "").isEmpty())
                .toList();
    }

    /** @throws Failure of the kind UNAUTHENTICATED for a ticket that is not good, or of somebody whom the directory does not know */
    Met met(WebRequest request) {
        String header = request.header("authorization").orElse("");
        if (!header.regionMatches(true, 0, SCHEME + " ", 0, SCHEME.length() + 1)) {
            return new Met(Optional.empty(), SCHEME);
        }
        byte[] token;
        try {
            token = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
        } catch (IllegalArgumentException broken) {
            throw refused("what the client sent is no token");
        }
        for (Directory directory : withKeytabs()) {
            var ticket = ticket(directory, token);
            if (ticket.isPresent() && ticket.get().realm().equals(realm(directory))) {
                var user = accounts.ofTicket(directory, ticket.get().name(), request.remote());
                return new Met(Optional.of(user), SCHEME + " " + ticket.get().answer());
            }
        }
        throw refused("no directory has a key that fits the ticket, or the ticket's realm is not the directory's");
    }

    private static String realm(Directory directory) {
        String principal = directory.setting("kerberos_principal", "");
        return principal.substring(principal.indexOf('@') + 1);
    }

    private static Optional<Ticket> ticket(Directory directory, byte[] token) {
        try {
            return Subject.callAs(acceptor(directory), () -> accepted(token));
        } catch (LoginException | CompletionException notThisOne) {
            log.info("A ticket for {} was not taken: {}", directory.name(), said(notThisOne));
            return Optional.empty();
        }
    }

    private static String said(Exception failure) {
        var cause = failure.getCause();
        return String.valueOf((cause == null ? failure : cause).getMessage());
    }

    private static Optional<Ticket> accepted(byte[] token) throws GSSException {
        var manager = GSSManager.getInstance();
        var own = manager.createCredential(
                null,
                GSSCredential.INDEFINITE_LIFETIME,
                new Oid[] {new Oid(SPNEGO), new Oid(KERBEROS)},
                GSSCredential.ACCEPT_ONLY);
        var context = manager.createContext(own);
        try {
            byte[] answer = context.acceptSecContext(token, 0, token.length);
            if (!context.isEstablished()) {
                // One message is all that a ticket needs; who wants to haggle speaks something else.
                return Optional.empty();
            }
            String principal = context.getSrcName().toString();
            int at = principal.lastIndexOf('@');
            return Optional.of(new Ticket(
                    principal.substring(0, Math.max(at, 0)),
                    principal.substring(at + 1),
                    answer == null ? "" : Base64.getEncoder().encodeToString(answer)));
        } finally {
            context.dispose();
        }
    }

    /** The engine as the service whose key is in the directory's keytab, which is read anew each time: keys are changed. */
    private static Subject acceptor(Directory directory) throws LoginException {
        var options = Map.of(
                "useKeyTab", "true",
                "keyTab", directory.setting("kerberos_keytab", ""),
                "principal", directory.setting("kerberos_principal", ""),
                "storeKey", "true",
                "doNotPrompt", "true",
                "isInitiator", "false");
        var subject = new Subject();
        new LoginContext("bellwether", subject, null, new Configuration() {
                    @Override
                    public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                        return new AppConfigurationEntry[] {
                            new AppConfigurationEntry(
                                    "com.sun.security.auth.module.Krb5LoginModule",
                                    AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
                                    options)
                        };
                    }
                })
                .login();
        return subject;
    }

    /** @throws Failure of the kind BAD_REQUEST when a directory cannot sign on like that */
    static void check(Directory directory) {
        String keytab = directory.setting("kerberos_keytab", "");
        String principal = directory.setting("kerberos_principal", "");
        if (keytab.isEmpty() && principal.isEmpty()) {
            return;
        }
        if (!principal.matches("HTTP/[^@/ ]+@[^@/ ]+")) {
            throw Failure.badRequest("'" + principal + "' is not the engine's name in Kerberos")
                    .next("Set kerberos_principal to HTTP/" + "the engine's full name@REALM, as the keytab has it");
        }
        var file = new File(keytab);
        if (!file.isFile() || !file.canRead()) {
            throw Failure.badRequest("The keytab '" + keytab + "' cannot be read on the engine's machine")
                    .next("Set kerberos_keytab to a file there that the engine's user may read");
        }
    }

    private static Failure refused(String why) {
        return Failure.unauthenticated("Kerberos signed nobody on")
                .because(why)
                .next("Get a new ticket (kinit), or sign on with name and password");
    }
}
