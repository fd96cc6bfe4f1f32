package org.bellwether.libvirt;

import java.util.UUID;

/** Which domain: its id for life, and the name it had when this was written. */
public record DomainIdentity(UUID uuid, String name) {}
