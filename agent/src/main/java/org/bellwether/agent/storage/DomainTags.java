package org.bellwether.agent.storage;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a domain as tags of its volume group, one for each line, in the characters that LVM takes. */
final class DomainTags {
    static final String LINE = "MDT_";
    private static final Pattern ENCODED = Pattern.compile("&(\\d{1,7})&");
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+.-/=!:#";

    private DomainTags() {}

    static DomainMetadata read(Lvm.Group group) {
        StringBuilder text = new StringBuilder();
        for (String tag : group.tags()) {
            if (tag.startsWith(LINE)) {
                text.append(decode(tag.substring(LINE.length()))).append('\n');
            }
        }
        return DomainMetadata.parse(text.toString().getBytes(StandardCharsets.UTF_8), "storage domain " + group.name());
    }

    static Set<String> of(DomainMetadata metadata) {
        Set<String> tags = new HashSet<>();
        new String(metadata.render(), StandardCharsets.UTF_8).lines().forEach(line -> tags.add(LINE + encode(line)));
        return tags;
    }

    static String encode(String line) {
        StringBuilder text = new StringBuilder();
        line.codePoints().forEach(c -> {
            if (PLAIN.indexOf(c) >= 0) {
                text.appendCodePoint(c);
            } else {
                text.append('&').append(c).append('&');
            }
        });
        return text.toString();
    }

    static String decode(String tag) {
        Matcher matcher = ENCODED.matcher(tag);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            int c = Integer.parseInt(matcher.group(1));
            matcher.appendReplacement(
                    text,
                    Matcher.quoteReplacement(Character.isValidCodePoint(c) ? Character.toString(c) : matcher.group()));
        }
        return matcher.appendTail(text).toString();
    }
}
