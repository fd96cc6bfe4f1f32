package org.bellwether.engine.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.engine.platform.pki.Pem;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnrolmentTest {
    private OpenDoor door;
    private KeyPair key;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        door = new OpenDoor(folder, new ApiRoutes());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        key = generator.generateKeyPair();
    }

    @AfterAll
    void close() {
        door.close();
    }

    @Test
    void a_host_gets_a_certificate_for_its_key_and_its_address() throws Exception {
        HttpResponse<String> answer = enrol(application("good"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode json = new ObjectMapper().readTree(answer.body());
        X509Certificate certificate =
                Pem.certificates(json.get("certificate").asText()).getFirst();
        certificate.verify(
                Pem.certificates(json.get("authority").asText()).getFirst().getPublicKey());
        assertThat(certificate.getPublicKey()).isEqualTo(key.getPublic());
        assertThat(certificate.getSubjectAlternativeNames())
                .contains(List.of(7, "192.0.2.7"))
                .contains(List.of(6, "bellwether:host:" + json.get("host_id").asText()));
    }

    @Test
    void the_whole_line_that_people_copy_is_taken_too() throws Exception {
        String line = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"url\":\"https://x\",\"secret\":\"good\",\"ca_sha256\":\"00\"}"
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(enrol(application(line)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_repeated_enrolment_gets_the_same_host() throws Exception {
        JsonNode first = new ObjectMapper().readTree(enrol(application("good")).body());
        JsonNode second = new ObjectMapper().readTree(enrol(application("good")).body());
        assertThat(second.get("host_id")).isEqualTo(first.get("host_id"));
    }

    @Test
    void what_is_missing_or_wrong_is_said() throws Exception {
        assertThat(enrol(application("bad")).statusCode()).isEqualTo(403);
        for (String member : List.of("token", "csr", "name", "address", "port")) {
            Map<String, Object> application = application("good");
            application.remove(member);
            HttpResponse<String> answer = enrol(application);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains(member);
        }
        for (Object port : List.of("x", 0, 70_000, -1, "")) {
            Map<String, Object> application = application("good");
            application.put("port", port);
            assertThat(enrol(application).statusCode()).isEqualTo(400);
        }
        for (String body : List.of("", "[]", "{", "null", "{\"csr\":{}}", "{} {}", "{\"a\":".repeat(100))) {
            HttpResponse<String> answer = enrol(body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).contains("\"reason\"");
        }
        assertThat(enrol("x".repeat(100_000)).statusCode()).isEqualTo(413);
    }

    @Test
    void a_token_that_is_not_good_is_not_repeated_in_the_answer() throws Exception {
        assertThat(enrol(application("very-secret-token")).body()).doesNotContain("very-secret-token");
    }

    private Map<String, Object> application(String token) throws Exception {
        StringWriter csr = new StringWriter();
        try (PemWriter writer = new PemWriter(csr)) {
            writer.writeObject(new PemObject(
                    "CERTIFICATE REQUEST",
                    new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=host"), key.getPublic())
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
                            .getEncoded()));
        }
        Map<String, Object> application = new LinkedHashMap<>();
        application.put("token", token);
        application.put("csr", csr.toString());
        application.put("name", "host1");
        application.put("address", "192.0.2.7");
        application.put("port", 54_321);
        application.put("hardware_uuid", "u");
        return application;
    }

    private HttpResponse<String> enrol(Map<String, Object> application) throws Exception {
        return enrol(new ObjectMapper().writeValueAsString(application));
    }

    /** Without signing on: a host has nobody's password. */
    private HttpResponse<String> enrol(String body) throws Exception {
        return door.send(java.net.http.HttpRequest.newBuilder(door.at(Enrolment.PATH))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }
}
