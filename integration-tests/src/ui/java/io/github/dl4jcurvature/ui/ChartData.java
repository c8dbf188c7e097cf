/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** The charts of one session, gathered from storages. */
final class ChartData {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_POINTS = 1000;

    private final List<String> sessions = new ArrayList<>();
    private final String session;
    private final Map<Chart, SortedMap<String, SortedMap<Long, Double>>> charts = new EnumMap<>(Chart.class);

    /** Takes the session that reported last if the wanted one is null or not there. */
    ChartData(Collection<StatsStorage> storages, @Nullable String wanted) {
        String latest = "";
        long latestTime = Long.MIN_VALUE;
        for (StatsStorage storage : storages) {
            for (String id : storage.listSessionIDs()) {
                for (Persistable record : storage.getLatestUpdateAllWorkers(id, CurvatureRecord.TYPE_ID)) {
                    if (!sessions.contains(id)) {
                        sessions.add(id);
                    }
                    if (record.getTimeStamp() > latestTime) {
                        latestTime = record.getTimeStamp();
                        latest = id;
                    }
                }
            }
        }
        session = wanted != null && sessions.contains(wanted) ? wanted : latest;
        storages.forEach(this::gather);
    }

    private void gather(StatsStorage storage) {
        for (Persistable record : storage.getAllUpdatesAfter(session, CurvatureRecord.TYPE_ID, Long.MIN_VALUE)) {
            if (record instanceof CurvatureRecord curvature) {
                curvature.measurements().forEach(this::add);
            }
        }
    }

    private void add(Measurement point) {
        charts.computeIfAbsent(point.chart(), chart -> new TreeMap<>())
                .computeIfAbsent(point.series(), series -> new TreeMap<>())
                .put(point.x(), point.y());
    }

    /** {@code {sessions, session, charts: [{id, title, axis, hint, series: [{name, points: [[x, y], ...]}]}]}}. */
    String toJson() {
        ObjectNode root = JSON.createObjectNode();
        sessions.forEach(root.putArray("sessions")::add);
        root.put("session", session);
        ArrayNode list = root.putArray("charts");
        charts.forEach((chart, lines) -> {
            ObjectNode node = list.addObject();
            node.put("id", chart.name())
                    .put("title", chart.title())
                    .put("axis", chart.axis())
                    .put("hint", chart.hint());
            ArrayNode series = node.putArray("series");
            lines.forEach((name, points) -> addSeries(series.addObject().put("name", name), points));
        });
        return root.toString();
    }

    /** Thins long series evenly; the last point stays. JSON knows no NaN, which is left out. */
    private static void addSeries(ObjectNode series, SortedMap<Long, Double> points) {
        ArrayNode array = series.putArray("points");
        int stride = 1 + (points.size() - 1) / MOST_POINTS;
        int fromEnd = points.size();
        for (Map.Entry<Long, Double> point : points.entrySet()) {
            fromEnd--;
            if (fromEnd % stride == 0 && Double.isFinite(point.getValue())) {
                array.addArray().add(point.getKey()).add(point.getValue());
            }
        }
    }
}
