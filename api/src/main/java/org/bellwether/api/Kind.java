package org.bellwether.api;

/** What a value of an attribute is, and by which Java class it is held. */
public enum Kind {
    /** Text; {@link String}. */
    STRING,
    /** A whole number of 64 bits; {@link Long}. JSON spells it as a string. */
    INTEGER,
    /** A number with a fraction; {@link Double}. JSON spells it as a number. */
    DECIMAL,
    /** {@link Boolean}. JSON spells it as a string. */
    BOOLEAN,
    /** An instant of millisecond precision; {@link java.time.Instant}. JSON: milliseconds since 1970, XML: xs:dateTime. */
    DATE,
    /** One of the values of an enumeration; {@link WireEnum}. */
    ENUM,
    /** An object with attributes of its own; {@link Struct}. */
    STRUCT
}
