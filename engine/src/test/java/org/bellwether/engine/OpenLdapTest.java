package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.bellwether.engine.RunningEngine.encoded;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.PEMFileTrustManager;
import com.unboundid.util.ssl.SSLUtil;
import java.io.File;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What {@link DirectoryTest} sees with a directory in memory, with OpenLDAP, which is stricter, and over StartTLS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenLdapTest {
    private static final String PASSWORD = "baa baa black sheep";
    private static final int FLOCK = 60;

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private Slapd slapd;
    private LDAPConnection writer;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        assumeThat(Files.isExecutable(Slapd.PROGRAM))
                .as("slapd is installed, as ./bw test does")
                .isTrue();
        slapd = new Slapd(folder.resolve("slapd"));
        connect();
        writer.add("dn: " + Slapd.BASE, "objectClass: domain", "dc: example");
        person("ewe");
        person("ram");
        for (int i = 0; i < FLOCK; i++) {
            person("lamb" + i);
        }
        writer.add(
                "dn: cn=flock," + Slapd.BASE,
                "objectClass: groupOfNames",
                "cn: flock",
                "member: uid=ewe," + Slapd.BASE);
        writer.add(
                "dn: cn=farm," + Slapd.BASE,
                "objectClass: groupOfUniqueNames",
                "cn: farm",
                "uniqueMember: cn=flock," + Slapd.BASE);
        engine = new RunningEngine(folder.resolve("engine"));
        administrator = engine.administrator();
        directory("corp", ",\"start_tls\":\"true\",\"ca_file\":\"" + slapd.authority() + "\"");
    }

    private void connect() throws Exception {
        writer = new LDAPConnection("localhost", slapd.port());
        writer.processExtendedOperation(new StartTLSExtendedRequest(
                new SSLUtil(new PEMFileTrustManager(new File(slapd.authority().toString()))).createSSLContext()));
        writer.bind(Slapd.ROOT, Slapd.ROOT_PASSWORD);
    }

    private void directory(String name, String more) {
        administrator.post(
                "/ovirt-engine/services/directories",
                "{\"name\":\"" + name + "\",\"kind\":\"ldap\",\"url\":\"" + slapd.url() + "\",\"base\":\"" + Slapd.BASE
                        + "\",\"bind_dn\":\"" + Slapd.ROOT + "\",\"password\":\"" + Slapd.ROOT_PASSWORD + "\"" + more
                        + "}");
    }

    private void person(String uid) throws Exception {
        writer.add(
                "dn: uid=" + uid + "," + Slapd.BASE,
                "objectClass: inetOrgPerson",
                "uid: " + uid,
                "cn: " + uid,
                "sn: Sheep",
                "userPassword: " + PASSWORD);
    }

    @AfterAll
    void stop() {
        if (slapd != null) {
            engine.close();
            writer.close();
            slapd.close();
        }
    }

    private int signsOn(String name, String password) {
        return engine.send(engine.request("/ovirt-engine/sso/oauth/token")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("grant_type=password&scope=ovirt-app-api&username="
                                + encoded(name) + "&password=" + encoded(password))))
                .statusCode();
    }

    @Test
    void users_sign_on_over_tls_and_by_groups_of_groups() {
        assertThat(signsOn("ewe@corp", PASSWORD)).isEqualTo(200);
        assertThat(signsOn("ewe@corp", "wrong")).isEqualTo(400);
        assertThat(signsOn("ewe@corp", "")).isEqualTo(400);
        assertThat(signsOn("ewe)(uid=*@corp", PASSWORD)).isEqualTo(400);
        String farm = administrator.add("/groups", "{\"name\":\"farm\",\"domain\":{\"name\":\"corp-authz\"}}");
        administrator.add(
                "/permissions", "{\"role\":{\"name\":\"ReadOnlyAdmin\"},\"group\":{\"id\":\"" + farm + "\"}}");
        assertThat(engine.signOn("ewe@corp", PASSWORD).names("/clusters", "cluster"))
                .containsExactly("Default");
        assertThat(engine.signOn("ram@corp", PASSWORD).status("GET", "/clusters", ""))
                .isEqualTo(403);
    }

    @Test
    void more_than_the_server_gives_at_once_is_found_as_far_as_it_gives() {
        var domain =
                "/domains/" + HexFormat.of().withUpperCase().formatHex("corp-authz".getBytes(StandardCharsets.UTF_8));
        int found = administrator
                .get(domain + "/users?search=" + encoded("usrname=lamb*"))
                .path("user")
                .size();
        assertThat(found).isPositive().isLessThanOrEqualTo(FLOCK);
        assertThat(administrator.names(domain + "/groups?search=" + encoded("name=fl*"), "group"))
                .containsExactly("flock");
    }

    @Test
    void a_renamed_entry_stays_itself_by_the_servers_own_identity() throws Exception {
        person("bellwether");
        String first = administrator.add(
                "/users", "{\"user_name\":\"bellwether@corp-authz\",\"domain\":{\"name\":\"corp-authz\"}}");
        writer.modifyDN("uid=bellwether," + Slapd.BASE, "uid=leader", true);
        assertThat(signsOn("leader@corp", PASSWORD)).isEqualTo(200);
        assertThat(administrator.get("/users/" + first).get("user_name").asText())
                .isEqualTo("leader@corp-authz");
    }

    @Test
    void a_password_in_the_clear_is_refused_by_the_server_and_told() {
        directory("clear", "");
        var test = administrator.call("POST", "/ovirt-engine/services/directories/clear/test", "{}");
        assertThat(test.statusCode()).isEqualTo(503);
        assertThat(test.body()).contains("confidentiality");
        assertThat(signsOn("ewe@clear", PASSWORD)).isEqualTo(400);
    }

    @Test
    void a_server_that_was_restarted_is_asked_again() throws Exception {
        slapd.close();
        assertThat(signsOn("ram@corp", PASSWORD)).isEqualTo(400);
        assertThat(administrator.status("POST", "/ovirt-engine/services/directories/corp/test", "{}"))
                .isEqualTo(503);
        slapd.start();
        connect();
        assertThat(signsOn("ram@corp", PASSWORD)).isEqualTo(200);
    }
}
