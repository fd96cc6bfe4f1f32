package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard for Grafana asks for nothing that the engine does not tell. */
class DashboardFileTest {
    private static final Path FILE = Path.of("../docs/grafana/bellwether.json");

    @Test
    void each_metric_of_the_dashboard_is_told_by_the_engine(@TempDir Path folder) throws Exception {
        try (var engine = new RunningEngine(folder)) {
            var text = Files.readString(FILE);
            assertThat(engine.read(text).at("/panels").size()).isPositive();
            var asked = new TreeSet<String>();
            var names = Pattern.compile("bellwether_[a-z_]+").matcher(text);
            while (names.find()) {
                asked.add(names.group());
            }
            var told = engine.administrator()
                    .call("GET", "/ovirt-engine/services/metrics", "")
                    .body();
            assertThat(asked).isNotEmpty().allSatisfy(name -> assertThat(told).contains("# TYPE " + name + " "));
        }
    }
}
