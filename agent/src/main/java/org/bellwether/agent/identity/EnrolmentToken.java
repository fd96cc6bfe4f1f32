package org.bellwether.agent.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the engine printed for a person to paste: where it is, a secret that is good once, and the fingerprint of its
 * authority, so that nobody in between can pose as it.
 *
 * @param authorities SHA-256 of its authority, and of the other one while it is being replaced
 * @param web SHA-256 of the key of the certificate that it shows over HTTPS, which may be of the organisation's; or empty
 */
record EnrolmentToken(URI url, String secret, List<String> authorities, String web, String line) {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

    static EnrolmentToken parse(String line) throws Enrolment.Failed {
        try {
            String json = new String(Base64.getUrlDecoder().decode(line.strip()), StandardCharsets.UTF_8);
            JsonNode node = JsonMapper.builder().build().readTree(json);
            List<String> authorities = new ArrayList<>();
            authorities.add(fingerprint(node.path("ca_sha256")));
            String other = fingerprint(node.path("other_ca_sha256"));
            if (!other.isEmpty()) {
                authorities.add(other);
            }
            String web = fingerprint(node.path("web_sha256"));
            URI url = URI.create(node.path("url").asText(""));
            String secret = node.path("secret").asText("");
            if (!"https".equals(url.getScheme())
                    || secret.isEmpty()
                    || !authorities.stream()
                            .allMatch(each -> FINGERPRINT.matcher(each).matches())) {
                throw new Enrolment.Failed("The token is not complete. Copy the whole line that the engine printed.");
            }
            return new EnrolmentToken(url, secret, List.copyOf(authorities), web, line.strip());
        } catch (IllegalArgumentException | JsonProcessingException e) {
            throw new Enrolment.Failed("The token cannot be read. Copy the whole line that the engine printed.");
        }
    }

    private static String fingerprint(JsonNode node) {
        return node.asText("").replace(":", "").toLowerCase(Locale.ROOT);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "token for " + url;
    }
}
