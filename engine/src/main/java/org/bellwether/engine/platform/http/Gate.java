package org.bellwether.engine.platform.http;

import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;

/** Who someone is and what they may do. The feature {@code access} keeps the real one; tests of the edge have their own. */
public interface Gate {
    /** Whom a token stands for, if it is good. Using it prolongs it. */
    Optional<Principal> ofToken(Secret token);

    /** Whether a token is good still. Asking does not prolong it. */
    boolean good(Secret token);

    /**
     * Who logs in with name and password.
     *
     * @param name with its profile, for instance {@code admin@internal}
     * @param remote the client's address, for slowing down who guesses
     * @throws org.bellwether.engine.platform.Failure of the kind UNAUTHENTICATED if that is nobody
     */
    Principal ofPassword(String name, Secret password, String remote);

    /** A token for someone who is signed on already, to be kept by a client as a cookie. */
    Secret session(Principal principal);

    /**
     * Whether someone may do something. Whoever is asked and does not know says no.
     *
     * @param path the objects in the request's path, the outermost first; a permit on one of them, or on what they lie
     *     in, is enough. Empty for the system itself
     */
    boolean allows(Principal principal, Permit permit, List<Target> path);
}
