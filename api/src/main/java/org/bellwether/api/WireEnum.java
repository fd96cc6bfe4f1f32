package org.bellwether.api;

/** A value of an enumeration of the API. */
public interface WireEnum {
    /** The value as it stands in a document: words in lower case joined by underscores. */
    String wire();
}
