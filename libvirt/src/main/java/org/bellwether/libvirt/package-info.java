/**
 * libvirt for Java on java.lang.foreign: no JNI, no preview features, usable on its own. Begin at {@link
 * org.bellwether.libvirt.Libvirt}.
 *
 * <p><b>Threads.</b> Everything here may be called from any thread at any time. libvirt keeps the last error per native thread, and a
 * call may block for as long as the daemon does; so a call made on a virtual thread is carried out by a platform thread of a pool of
 * daemon threads, call and error together, while the virtual thread waits without holding its carrier. On a platform thread the call
 * is made where it is. A call is never cut short: an interrupt during it is kept for later. Deadlines are the caller's; {@link
 * org.bellwether.libvirt.Connection#keepAlive} bounds how long a daemon that hangs can hold a call.
 *
 * <p><b>Lifetimes.</b> A {@link org.bellwether.libvirt.Connection} or {@link org.bellwether.libvirt.Domain} that is closed while
 * another thread uses it is freed when that use ends. Closing a connection closes its domains. Using a closed one throws {@link
 * org.bellwether.libvirt.LibvirtException} with {@code INVALID_CONN} or {@code INVALID_DOMAIN}; it never crashes.
 *
 * <p><b>Events</b> arrive on one event loop thread of the process and are handed to listeners by one thread for each connection: a slow
 * listener delays its own connection's listeners only.
 */
@NullMarked
package org.bellwether.libvirt;

import org.jspecify.annotations.NullMarked;
