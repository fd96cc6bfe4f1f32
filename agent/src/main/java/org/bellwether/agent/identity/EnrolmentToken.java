package org.bellwether.agent.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the engine printed for a person to paste: where it is, a secret that is good once, and the fingerprint of its
 * authority, so that nobody in between can pose as it.
 */
record EnrolmentToken(URI url, String secret, String authoritySha256, String line) {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

    static EnrolmentToken parse(String line) throws Enrolment.Failed {
        try {
            String json = new String(Base64.getUrlDecoder().decode(line.strip()), StandardCharsets.UTF_8);
            JsonNode node = JsonMapper.builder().build().readTree(json);
            String fingerprint =
                    node.path("ca_sha256").asText("").replace(":", "").toLowerCase(Locale.ROOT);
            URI url = URI.create(node.path("url").asText(""));
            String secret = node.path("secret").asText("");
            if (!"https".equals(url.getScheme())
                    || secret.isEmpty()
                    || !FINGERPRINT.matcher(fingerprint).matches()) {
                throw new Enrolment.Failed("The token is not complete. Copy the whole line that the engine printed.");
            }
            return new EnrolmentToken(url, secret, fingerprint, line.strip());
        } catch (IllegalArgumentException | JsonProcessingException e) {
            throw new Enrolment.Failed("The token cannot be read. Copy the whole line that the engine printed.");
        }
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "token for " + url;
    }
}
