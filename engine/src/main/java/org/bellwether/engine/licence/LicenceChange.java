package org.bellwether.engine.licence;

import java.time.Instant;

/**
 * That somebody changed a licence zone.
 *
 * @param what what was changed, as a sentence
 * @param widens whether more may be used since
 * @param because the reason that was given; empty where none was needed
 * @param footprint of the zone afterwards
 */
record LicenceChange(Instant at, String by, String what, boolean widens, String because, String footprint) {}
