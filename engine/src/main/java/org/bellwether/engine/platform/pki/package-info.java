/**
 * The engine's own authority: it signs the certificate of the HTTPS server, the engine's client certificate towards the
 * agents, and the certificates of hosts. Bouncy Castle builds and reads the structures, the JDK does the cryptography.
 * And the key to the secrets that the database keeps.
 */
@NullMarked
package org.bellwether.engine.platform.pki;

import org.jspecify.annotations.NullMarked;
