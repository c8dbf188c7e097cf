/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.ncl.EvaluationMatrix;
import io.github.dl4jcurvature.pruning.LayerSparsity;
import io.github.dl4jcurvature.pruning.Sparsity;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.api.UIServer;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Real trainings of all methods, the host's server and a browser. */
class CurvatureUiTest {
    private static final String SESSION = "all methods";
    private static final int FREQUENCY = 5;
    private static final int EPOCHS = 12;
    private static final int RING_ITERATIONS = 61; // so that the last one is reported

    @TempDir
    static Path directory;

    private static UIServer server;
    private static InMemoryStatsStorage storage;
    private static MultiLayerNetwork pruned;
    private static MultiLayerNetwork ring;
    private static EvaluationMatrix matrix;

    @BeforeAll
    static void train() throws IOException {
        System.setProperty("org.deeplearning4j.ui.port", Integer.toString(freePort()));
        server = UIServer.getInstance();
        storage = new InMemoryStatsStorage();
        DemoTrainings trainings = new DemoTrainings(storage, SESSION, FREQUENCY);
        pruned = trainings.fishLegWithPruning(EPOCHS);
        matrix = trainings.continual();
        trainings.gaussNewton();
        ring = trainings.ring(RING_ITERATIONS);
        server.attach(storage);
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    @Test
    void dataAreThoseOfTheNetworks() throws Exception {
        JsonNode data = data("");

        assertThat(data.get("session").asText()).isEqualTo(SESSION);
        for (Chart chart : Chart.values()) {
            assertThat(series(data, chart)).as("series of %s", chart).isNotEmpty();
        }
        assertThat(series(data, Chart.AUXILIARY_LOSS)).containsOnlyKeys("loss");
        assertThat(series(data, Chart.AUXILIARY_LOSS).get("loss")).hasSizeGreaterThanOrEqualTo(10);
        assertThat(lastOf(data, Chart.AUXILIARY_RESIDUAL, "residual")).isPositive();
        for (LayerSparsity each : Sparsity.of(pruned).layers()) {
            if (each.parameter().equals("W")) {
                assertThat(lastOf(data, Chart.SPARSITY, each.layer() + " W"))
                        .isEqualTo(each.sparsity())
                        .isGreaterThan(0.5);
            }
        }
        assertThat(series(data, Chart.KEPT_RANK)).containsOnlyKeys("block 0", "block 1");
        assertThat(lastOf(data, Chart.KEPT_RANK, "block 0")).isBetween(1.0, (double) DemoTrainings.BATCH);
        assertThat(series(data, Chart.PENALTY)).containsOnlyKeys("penalty");
    }

    @Test
    void accuraciesAreTheEvaluationMatrix() throws Exception {
        Map<String, JsonNode> lines = series(data(""), Chart.TASK_METRIC);

        assertThat(lines).containsOnlyKeys(matrix.tasks());
        assertThat(matrix.size()).isEqualTo(DemoTrainings.TASKS);
        for (int task = 0; task < matrix.size(); task++) {
            JsonNode points = lines.get(matrix.tasks().get(task));
            for (JsonNode point : points) {
                int learned = point.get(0).asInt() - 1;
                assertThat(point.get(1).asDouble()).isEqualTo(matrix.get(learned, task));
            }
            assertThat(points).hasSizeGreaterThanOrEqualTo(matrix.size() - task);
        }
    }

    /** The last iteration is one that is reported, so that the report shows the network's last score. */
    @Test
    void evidenceIsTheScoreAndRises() throws Exception {
        JsonNode points = series(data(""), Chart.EVIDENCE).get("ELBO");

        assertThat(points).hasSize((RING_ITERATIONS - 1) / FREQUENCY + 1);
        assertThat(lastOf(data(""), Chart.EVIDENCE, "ELBO"))
                .isEqualTo(-ring.score())
                .isGreaterThan(points.get(0).get(1).asDouble());
    }

    @Test
    void sessionsAreChosenAndUnknownOnesFallBackToTheLatest() throws Exception {
        InMemoryStatsStorage other = new InMemoryStatsStorage();
        report(other, "other", "a");
        server.attach(other);
        try {
            assertThat(data("?session=other").get("charts")).hasSize(1);
            assertThat(data("?session=nobody").get("session").asText()).isEqualTo(SESSION);
            assertThat(data("").get("sessions")).hasSize(2);
        } finally {
            server.detach(other);
        }
        assertThat(data("").get("sessions")).hasSize(1);
    }

    @Test
    void aFileIsShownWhileItIsAttached() throws Exception {
        FileStatsStorage file =
                new FileStatsStorage(directory.resolve("page.dl4j").toFile());
        report(file, "from a file", "a");
        server.attach(file);
        try {
            assertThat(series(data("?session=from%20a%20file"), Chart.EVIDENCE)).containsOnlyKeys("a");
        } finally {
            server.detach(file);
            file.close();
        }
        assertThat(data("?session=from%20a%20file").get("session").asText()).isEqualTo(SESSION);
    }

    /** As markup the name would run its script and change the title. */
    @Test
    void namesAreTextAndNoMarkup() throws Exception {
        HeadlessBrowser browser = browser();
        String name = "<img src=x onerror=\"document.title='injected'\">";
        InMemoryStatsStorage hostile = new InMemoryStatsStorage();
        report(hostile, name, name);
        server.attach(hostile);
        try {
            String query = "?session=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
            String document = browser.document(server.getAddress() + "/curvature" + query);
            assertThat(document)
                    .contains("<title>Curvature</title>")
                    .contains("&lt;img src=x")
                    .contains("data-chart=\"EVIDENCE\"");
        } finally {
            server.detach(hostile);
        }
    }

    private static void report(StatsStorage target, String session, String series) {
        target.putStaticInfo(new CurvatureRecord(session, "w", 1, List.of()));
        target.putUpdate(new CurvatureRecord(session, "w", 1, List.of(new Measurement(Chart.EVIDENCE, series, 3, 4))));
    }

    @Test
    void worksBesideTheHostsPages() throws Exception {
        MultiLayerNetwork network = pruned.clone();
        InMemoryStatsStorage both = new InMemoryStatsStorage();
        network.setListeners(
                new CurvatureListener(), new StatsListener(both, 1), new CurvatureStatsListener(both, 1, "both"));
        server.attach(both);
        try {
            network.fit(new OpticalDigitsIterator(DemoTrainings.BATCH, Part.TRAIN, Target.CLASS, 1));
            assertThat(get("/train/overview").statusCode()).isEqualTo(200);
            assertThat(data("?session=both").get("charts")).isNotEmpty();
            assertThat(data("").get("sessions"))
                    .as("sessions with reports of ours")
                    .hasSize(2);
        } finally {
            server.detach(both);
        }
    }

    @Test
    void aBrowserShowsEveryPoint() throws Exception {
        HeadlessBrowser browser = browser();
        JsonNode data = data("");
        String document = browser.document(server.getAddress() + "/curvature");

        assertThat(document.split("<figure ", -1)).hasSize(Chart.values().length + 1);
        assertThat(data.get("charts")).hasSize(Chart.values().length);
        for (JsonNode chart : data.get("charts")) {
            String figure = figure(document, chart.get("id").asText());
            for (JsonNode line : chart.get("series")) {
                assertThat(figure)
                        .contains("data-series=\"%s\" data-points=\"%d\""
                                .formatted(
                                        line.get("name").asText(),
                                        line.get("points").size()));
            }
            Matcher paths = Pattern.compile(" d=\"(M[^\"]*)\"").matcher(figure);
            int drawn = 0;
            while (paths.find()) {
                assertThat(paths.group(1)).doesNotContain("NaN");
                drawn += paths.group(1).split("[ML]").length - 1;
            }
            assertThat(drawn).isEqualTo(points(chart));
        }
    }

    /** A page without lines has about 40 colours of text and frames; with them over 200. */
    @Test
    void aBrowserDrawsColouredLines() throws Exception {
        HeadlessBrowser browser = browser();
        Path png = Path.of("target", "training-ui.png");
        browser.screenshot(server.getAddress() + "/curvature", png, 1300, 1130);

        BufferedImage image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isEqualTo(1300);
        for (int column = 0; column < 3; column++) {
            for (int row = 0; row < 2; row++) {
                BufferedImage part = image.getSubimage(40 + column * 420, 90 + row * 340, 360, 250);
                assertThat(colouredPixels(part))
                        .as("column %d, row %d", column, row)
                        .isGreaterThan(150);
            }
        }
    }

    @Test
    void anEmptyPageSaysWhatToDo() throws Exception {
        HeadlessBrowser browser = browser();
        server.detach(storage);
        try {
            String document = browser.document(server.getAddress() + "/curvature");
            assertThat(document)
                    .doesNotContain("<figure")
                    .contains("<section id=\"empty\">")
                    .contains("No reports yet");
        } finally {
            server.attach(storage);
        }
    }

    /** Text, grid and frames are nearly grey; lines are not. */
    private static int colouredPixels(BufferedImage image) {
        int count = 0;
        for (int rgb : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            int red = rgb >> 16 & 255;
            int green = rgb >> 8 & 255;
            int blue = rgb & 255;
            int spread = Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
            count += spread > 60 ? 1 : 0;
        }
        return count;
    }

    private static HeadlessBrowser browser() {
        var browser = HeadlessBrowser.find(directory);
        assumeTrue(browser.isPresent(), HeadlessBrowser.MISSING);
        return browser.orElseThrow();
    }

    private static String figure(String document, String chart) {
        int start = document.indexOf("data-chart=\"" + chart + "\"");
        assertThat(start).as("figure of %s", chart).isNotNegative();
        return document.substring(start, document.indexOf("</figure>", start));
    }

    private static int points(JsonNode chart) {
        return StreamSupport.stream(chart.get("series").spliterator(), false)
                .mapToInt(line -> line.get("points").size())
                .sum();
    }

    private static Map<String, JsonNode> series(JsonNode data, Chart wanted) {
        Map<String, JsonNode> series = new HashMap<>();
        for (JsonNode chart : data.get("charts")) {
            if (chart.get("id").asText().equals(wanted.name())) {
                chart.get("series").forEach(line -> series.put(line.get("name").asText(), line.get("points")));
            }
        }
        return series;
    }

    private static double lastOf(JsonNode data, Chart chart, String name) {
        JsonNode points = series(data, chart).get(name);
        assertThat(points).as("%s of %s", name, chart).isNotNull();
        return points.get(points.size() - 1).get(1).asDouble();
    }

    private static JsonNode data(String query) throws IOException, InterruptedException {
        HttpResponse<String> response = get("/curvature/data" + query);
        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        return new ObjectMapper().readTree(response.body());
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.getAddress() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
