package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.engine.inventory.Seeds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line that makes a machine a host, as far as a real curl goes with it; in the lab a machine goes all the way. */
class HostJoinTest {
    private RunningEngine engine;
    private String line;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        engine = new RunningEngine(folder);
        Files.writeString(engine.agentArchive(), "the agent");
        var wish = "{\"cluster\":{\"id\":\"" + Seeds.CLUSTER + "\"}}";
        var answer = engine.administrator().call("POST", "/ovirt-engine/services/host-token", wish);
        line = engine.read(answer.body()).path("command").asText();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private static String shell(String line) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void the_script_that_it_fetches_lets_the_engines_key_in() throws Exception {
        var fetch = line.replace("| sh -s --", "")
                .replaceFirst(
                        "https://localhost:\\d+",
                        "https://localhost:" + engine.inside().httpsPort());
        var key = engine.send(engine.request(
                        "/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY"))
                .body()
                .split(" ")[1];
        assertThat(shell(fetch).lines().findFirst().orElseThrow())
                .contains("'ecdsa-sha2-nistp256 " + key + " bellwether-engine'");
    }

    @Test
    void a_host_that_tells_its_ssh_keys_is_known_by_them() throws Exception {
        var wish = "{\"cluster\":{\"id\":\"" + Seeds.CLUSTER + "\"}}";
        var answer = engine.administrator().call("POST", "/ovirt-engine/services/host-token", wish);
        var token = engine.read(answer.body()).path("token").asText();
        var keys = "SHA256:" + "a".repeat(43) + ",SHA256:" + "b".repeat(43);
        assertThat(enrol(token, "SHA256:short").statusCode()).isEqualTo(400);
        assertThat(enrol(token, keys).statusCode()).isEqualTo(200);
        var hosts = engine.read(engine.administrator()
                .call("GET", RunningEngine.API + "/hosts", "")
                .body());
        assertThat(hosts.path("host").get(0).path("ssh").path("fingerprint").asText())
                .isEqualTo(keys);
        assertThat(hosts.path("host").get(0).path("ssh").path("port").asText()).isEqualTo("2222");
    }

    private java.net.http.HttpResponse<String> enrol(String token, String keys) throws Exception {
        var pair = java.security.KeyPairGenerator.getInstance("EC");
        pair.initialize(new java.security.spec.ECGenParameterSpec("secp256r1"));
        var made = pair.generateKeyPair();
        var request = new org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder(
                        new org.bouncycastle.asn1.x500.X500Name("CN=joined"), made.getPublic())
                .build(new org.bouncycastle.operator.jcajce.JcaContentSignerBuilder("SHA256withECDSA")
                        .build(made.getPrivate()));
        var pem = "-----BEGIN CERTIFICATE REQUEST-----\\n"
                + java.util.Base64.getEncoder().encodeToString(request.getEncoded())
                + "\\n-----END CERTIFICATE REQUEST-----\\n";
        var body = "{\"token\":\"" + token + "\",\"csr\":\"" + pem
                + "\",\"name\":\"joined\",\"address\":\"127.0.0.1\",\"port\":54321,\"ssh_port\":2222,\"ssh_fingerprints\":\""
                + keys + "\"}";
        return engine.send(engine.request("/ovirt-engine/services/enrolment")
                .header("Content-Type", "application/json")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void it_fetches_the_script_and_the_agent_from_this_engine_only() throws Exception {
        assertThat(line).endsWith("| sh -s --");
        // Where the test's engine listens is known to the test only: it chose a free port.
        var fetch = line.replace("| sh -s --", "")
                .replaceFirst(
                        "https://localhost:\\d+",
                        "https://localhost:" + engine.inside().httpsPort());
        assertThat(shell(fetch)).startsWith("set -- 'join' ").contains("\njoin() {");
        assertThat(shell(fetch.replace("host-join'", "host-join/agent'"))).isEqualTo("the agent");
        assertThat(shell(fetch.replaceFirst("sha256//....", "sha256//AAAA")))
                .as("somebody in between")
                .contains("SSL: public key does not match pinned public key");
        assertThat(shell(fetch.replaceFirst("Bearer ....", "Bearer AAAA"))).contains("403");
    }
}
