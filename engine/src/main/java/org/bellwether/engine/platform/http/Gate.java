package org.bellwether.engine.platform.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.Struct;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;

/** Who someone is and what they may do. The feature {@code access} keeps the real one; tests of the edge have their own. */
public interface Gate {
    /** Whom a token stands for, if it is good. Using it prolongs it. */
    Optional<Principal> ofToken(Secret token);

    /**
     * Whose token a request to a page beside the API carries.
     *
     * @param refusal for whom the page is, as a sentence
     * @throws Failure of the kind UNAUTHENTICATED if that is nobody, of the kind FORBIDDEN if it changes something and the
     *     token only reads
     */
    default Principal caller(WebRequest request, String refusal) {
        Principal caller = request.bearer()
                .flatMap(this::ofToken)
                .orElseThrow(() ->
                        Failure.unauthenticated(refusal).next("Sign on and send the access token with the request"));
        if (caller.readOnly()
                && !request.method().equals("GET")
                && !request.method().equals("HEAD")) {
            throw Failure.forbidden("The access token may only read");
        }
        return caller;
    }

    /** Whom a token stands for now, if it is good still. Asking does not prolong it. */
    Optional<Principal> look(Secret token);

    /**
     * Whether what somebody began then may go on: not after all of the user's sessions were ended together, such as by another
     * password.
     */
    boolean goesOn(Principal principal, Instant begun);

    /**
     * Who logs in with name and password.
     *
     * @param name with its profile, for instance {@code admin@internal}
     * @param remote the client's address, for slowing down who guesses
     * @throws org.bellwether.engine.platform.Failure of the kind UNAUTHENTICATED if that is nobody
     */
    Principal ofPassword(String name, Secret password, String remote);

    /**
     * A token for someone who is signed on already, to be kept by a client as a cookie.
     *
     * @param idle for how long it need not be used, when the client wants another time than the engine's own
     */
    Secret session(Principal principal, Optional<Duration> idle);

    /**
     * Whether someone may do something. Whoever is asked and does not know says no.
     *
     * @param path the objects in the request's path, the outermost first; what counts is the innermost on which permissions
     *     are given, and what that one lies in. Empty for the system itself
     */
    boolean allows(Principal principal, Permit permit, List<Target> path);

    /** Whether someone holds a permit on anything at all, by a permission of their own or of a group that they are in. */
    boolean anywhere(Principal principal, Permit permit);

    /** Whether someone's permissions show them an object. What permissions are not given on is seen by everybody. */
    boolean sees(Principal principal, Target object);

    /** As {@link #sees}, but not an object that they see only because something of theirs lies in it. */
    boolean looksInto(Principal principal, Target object);

    /**
     * The objects that a reference in a document may mean: one by its id, or all of its name.
     *
     * @param kind what is referred to, for instance {@code cluster}; empty for kinds that permissions are not given on
     */
    List<Target> referred(String kind, Struct reference);

    /** Whether what the path leads to lies in an object already, so that a document that names it asks for nothing new. */
    boolean liesIn(List<Target> path, Target object);
}
