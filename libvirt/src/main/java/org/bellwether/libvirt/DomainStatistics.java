package org.bellwether.libvirt;

/** One domain's statistics; the names are those of {@code virConnectGetAllDomainStats}, such as {@code balloon.current}. */
public record DomainStatistics(DomainIdentity domain, TypedParameters values) {}
