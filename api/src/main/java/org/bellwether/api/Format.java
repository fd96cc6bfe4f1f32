package org.bellwether.api;

/** How a document is spelt. */
public enum Format {
    JSON("application/json"),
    XML("application/xml");

    private final String mediaType;

    Format(String mediaType) {
        this.mediaType = mediaType;
    }

    /** As in the header Content-Type, without a character set; documents are UTF-8. */
    public String mediaType() {
        return mediaType;
    }
}
