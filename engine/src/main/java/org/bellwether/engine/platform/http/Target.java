package org.bellwether.engine.platform.http;

/**
 * An object that a request's path names.
 *
 * @param service the API's service of one such object, for instance {@code vm} or {@code vm_nic}
 * @param id as it stands in the path; whether there is such an object is not known yet
 */
public record Target(String service, String id) {}
