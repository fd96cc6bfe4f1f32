package org.bellwether.api.generator;

import org.jspecify.annotations.Nullable;

/** The model's documentation, which is AsciiDoc, as the first sentence of a Java comment. */
final class Docs {
    private static final int LONGEST = 240;

    private Docs() {}

    /** A comment with its line end, or nothing when there is neither documentation nor something to say instead. */
    static String comment(String indent, @Nullable String doc, String otherwise) {
        var sentence = sentence(doc == null ? "" : doc);
        if (sentence.isEmpty()) {
            sentence = otherwise;
        }
        return sentence.isEmpty() ? "" : indent + "/** " + sentence + " */\n";
    }

    private static String sentence(String doc) {
        var paragraph =
                doc.strip().split("\\n\\s*\\n", 2)[0].replaceAll("\\s+", " ").strip();
        if (paragraph.startsWith("[") || paragraph.startsWith("IMPORTANT") || paragraph.startsWith(".")) {
            return "";
        }
        int end = paragraph.indexOf(". ");
        var text = end < 0 ? paragraph : paragraph.substring(0, end + 1);
        if (text.length() > LONGEST) {
            text = text.substring(0, text.lastIndexOf(' ', LONGEST)) + " …";
        }
        return text.replaceAll("<<[^,>]*,\\s*([^>]*)>>", "$1")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("{", "&#123;")
                .replace("}", "&#125;")
                .replace("\\", "&#92;")
                .replace("*/", "*&#47;");
    }
}
