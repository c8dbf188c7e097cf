/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * How well each task is done after each task has been learned: \( R_{ij} \) is the metric of task j after task i, greater being
 * better, and \( b_j \) that before any training. With T tasks, indices from 1:
 *
 * <table>
 * <caption>Summaries</caption>
 * <tr><td>{@link #average}</td><td>\( \frac1T \sum_j R_{Tj} \)</td></tr>
 * <tr><td>{@link #backwardTransfer}</td><td>\( \frac1{T-1} \sum_{j \lt T} (R_{Tj} - R_{jj}) \)</td></tr>
 * <tr><td>{@link #forwardTransfer}</td><td>\( \frac1{T-1} \sum_{j \gt 1} (R_{j-1,j} - b_j) \)</td></tr>
 * <tr><td>{@link #forgettingFromBest}</td><td>\( \frac1{T-1} \sum_{j \lt T} (\max_{i \ge j} R_{ij} - R_{Tj}) \) (as Mammoth)</td></tr>
 * <tr><td>{@link #forgettingFromLearned}</td><td>\( \frac1{T-1} \sum_{j \lt T} (R_{jj} - R_{Tj}) \) (as Avalanche)</td></tr>
 * <tr><td>{@link #learningAccuracy}</td><td>\( \frac1T \sum_j R_{jj} \)</td></tr>
 * <tr><td>{@link #minimumAccuracy}</td><td>\( \frac1{T-1} \sum_{j \lt T} \min R_{\cdot j} \) over all evaluations after task j</td></tr>
 * </table>
 *
 * <p>Entries that have not been evaluated are NaN, and so are summaries that need them; with one task the means over others are 0.
 * Sources: Lopez-Paz and Ranzato, NeurIPS 2017; De Lange et al., ICLR 2023 (minimum accuracy).
 */
public final class EvaluationMatrix implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String metric;
    private final String[] tasks;
    private final double[][] values;
    private final double[] untrained;
    private final double[] minima;

    /**
     * An empty matrix.
     *
     * @param metric name of the metric
     * @param tasks names of the tasks
     */
    public EvaluationMatrix(String metric, List<String> tasks) {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("tasks is empty; name at least one task");
        }
        this.metric = metric;
        this.tasks = tasks.toArray(String[]::new);
        values = new double[tasks.size()][tasks.size()];
        untrained = new double[tasks.size()];
        minima = new double[tasks.size()];
        for (double[] row : values) {
            Arrays.fill(row, Double.NaN);
        }
        Arrays.fill(untrained, Double.NaN);
        Arrays.fill(minima, Double.NaN);
    }

    /**
     * Sets an entry.
     *
     * @param learned i, the task learned last, from 0
     * @param task j, the task that was evaluated, from 0
     * @param value \( R_{ij} \)
     * @throws IllegalArgumentException if there is no such task or the value is NaN
     */
    public void set(int learned, int task, double value) {
        requireTask(learned);
        requireTask(task);
        requireNumber(task, value);
        values[learned][task] = value;
        if (learned > task) {
            observe(task, value);
        }
    }

    /**
     * Notes an evaluation of an earlier task while another one is being learned, for {@link #minimumAccuracy}.
     *
     * @param task j, from 0
     * @param value the metric
     * @throws IllegalArgumentException if there is no such task or the value is NaN
     */
    public void observe(int task, double value) {
        requireTask(task);
        requireNumber(task, value);
        minima[task] = Double.isNaN(minima[task]) ? value : Math.min(minima[task], value);
    }

    /**
     * Sets the metric before any training.
     *
     * @param task j, from 0
     * @param value \( b_j \)
     * @throws IllegalArgumentException if there is no such task or the value is NaN
     */
    public void setUntrained(int task, double value) {
        requireTask(task);
        requireNumber(task, value);
        untrained[task] = value;
    }

    /**
     * An entry.
     *
     * @param learned i, the task learned last, from 0
     * @param task j, from 0
     * @return \( R_{ij} \), NaN if it has not been evaluated
     */
    public double get(int learned, int task) {
        requireTask(learned);
        requireTask(task);
        return values[learned][task];
    }

    /**
     * The metric before any training.
     *
     * @param task j, from 0
     * @return \( b_j \), NaN if it has not been evaluated
     */
    public double untrained(int task) {
        requireTask(task);
        return untrained[task];
    }

    private void requireTask(int task) {
        if (task < 0 || task >= tasks.length) {
            throw new IllegalArgumentException(
                    "task is %d but there are %d, counted from 0: %s".formatted(task, tasks.length, List.of(tasks)));
        }
    }

    private void requireNumber(int task, double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException(
                    "%s of task '%s' is NaN but must be a number; check that test examples of the task have labels that count, and lower the learning rate if the network's outputs are NaN"
                            .formatted(metric, tasks[task]));
        }
    }

    /**
     * Number of tasks.
     *
     * @return T
     */
    public int size() {
        return tasks.length;
    }

    /**
     * Names of the tasks.
     *
     * @return in the order of the tasks
     */
    public List<String> tasks() {
        return List.of(tasks);
    }

    /**
     * Mean over the tasks at the end.
     *
     * @return the average accuracy, if the metric is one
     */
    public double average() {
        return mean(0, size(), j -> values[size() - 1][j]);
    }

    /**
     * Mean change of earlier tasks since they were learned; negative values are forgetting.
     *
     * @return the backward transfer
     */
    public double backwardTransfer() {
        return mean(0, size() - 1, j -> values[size() - 1][j] - values[j][j]);
    }

    /**
     * Mean gain of later tasks before they are learned.
     *
     * @return the forward transfer
     */
    public double forwardTransfer() {
        return mean(1, size(), j -> values[j - 1][j] - untrained[j]);
    }

    /**
     * Mean loss of earlier tasks against their best value at the end of any task.
     *
     * @return not negative
     */
    public double forgettingFromBest() {
        return mean(
                0,
                size() - 1,
                j -> IntStream.range(j, size())
                                .mapToDouble(i -> values[i][j])
                                .max()
                                .orElse(Double.NaN)
                        - values[size() - 1][j]);
    }

    /**
     * Mean loss of earlier tasks against their value when they were learned: minus the backward transfer.
     *
     * @return positive if there is forgetting
     */
    public double forgettingFromLearned() {
        return 0 - backwardTransfer(); // never minus zero
    }

    /**
     * Mean over the tasks when each has just been learned.
     *
     * @return the learning accuracy, if the metric is one
     */
    public double learningAccuracy() {
        return mean(0, size(), j -> values[j][j]);
    }

    /**
     * Mean of the lowest values of earlier tasks ever seen after they were learned.
     *
     * @return the minimum accuracy, if the metric is one
     */
    public double minimumAccuracy() {
        return mean(0, size() - 1, j -> minima[j]);
    }

    private static double mean(int from, int to, IntToDoubleFunction value) {
        double sum = 0;
        for (int j = from; j < to; j++) {
            sum += value.applyAsDouble(j);
        }
        return to > from ? sum / (to - from) : 0;
    }

    /**
     * The matrix as comma-separated values: a header, the untrained network, then one row for each task learned.
     *
     * @return lines that end in a newline; entries not evaluated are empty
     */
    public String toCsv() {
        StringBuilder text = new StringBuilder("learned");
        for (String task : tasks) {
            text.append(',').append(quoted(task));
        }
        appendRow(text.append('\n'), "none", untrained);
        for (int i = 0; i < size(); i++) {
            appendRow(text, quoted(tasks[i]), values[i]);
        }
        return text.toString();
    }

    private static void appendRow(StringBuilder text, String name, double[] row) {
        text.append(name);
        for (double value : row) {
            text.append(',').append(Double.isNaN(value) ? "" : Double.toString(value));
        }
        text.append('\n');
    }

    private static String quoted(String name) {
        return name.matches("[^,\"\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /**
     * The matrix with all summaries as JSON.
     *
     * @return an object; entries not evaluated are null
     */
    public String toJson() {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("metric", metric);
        ArrayNode names = root.putArray("tasks");
        tasks().forEach(names::add);
        append(root.putArray("untrained"), untrained);
        append(root.putArray("minima"), minima);
        ArrayNode rows = root.putArray("values");
        for (double[] row : values) {
            append(rows.addArray(), row);
        }
        ObjectNode summaries = root.putObject("summaries");
        for (Summary summary : summaries()) {
            if (Double.isNaN(summary.value())) {
                summaries.putNull(summary.name());
            } else {
                summaries.put(summary.name(), summary.value());
            }
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and names can be written", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param json the text
     * @return an equal matrix
     * @throws IllegalArgumentException if the text is no such matrix
     */
    public static EvaluationMatrix fromJson(String json) {
        try {
            JsonNode root = new ObjectMapper().readTree(json);
            if (!root.path("tasks").isArray() || !root.path("values").isArray()) {
                throw new IllegalArgumentException(
                        "json has no arrays 'tasks' and 'values'; pass what toJson() of a matrix has returned");
            }
            List<String> names = IntStream.range(0, root.get("tasks").size())
                    .mapToObj(i -> root.get("tasks").get(i).asText())
                    .toList();
            EvaluationMatrix matrix = new EvaluationMatrix(root.path("metric").asText(), names);
            read(root.path("untrained"), matrix.untrained);
            read(root.path("minima"), matrix.minima);
            for (int i = 0; i < names.size(); i++) {
                read(root.get("values").path(i), matrix.values[i]);
            }
            return matrix;
        } catch (IOException e) {
            throw new IllegalArgumentException("json cannot be parsed: " + e.getMessage(), e);
        }
    }

    private static void append(ArrayNode array, double[] row) {
        for (double value : row) {
            if (Double.isNaN(value)) {
                array.addNull();
            } else {
                array.add(value);
            }
        }
    }

    private static void read(JsonNode array, double[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = array.path(i).isNumber() ? array.get(i).asDouble() : Double.NaN;
        }
    }

    private record Summary(String name, double value) {}

    private List<Summary> summaries() {
        return List.of(
                new Summary("average", average()),
                new Summary("backwardTransfer", backwardTransfer()),
                new Summary("forwardTransfer", forwardTransfer()),
                new Summary("forgettingFromBest", forgettingFromBest()),
                new Summary("forgettingFromLearned", forgettingFromLearned()),
                new Summary("learningAccuracy", learningAccuracy()),
                new Summary("minimumAccuracy", minimumAccuracy()));
    }

    /**
     * The matrix and its summaries as Markdown tables.
     *
     * @return lines that end in a newline
     */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder("| %s after |".formatted(metric));
        for (String task : tasks) {
            text.append(' ').append(task).append(" |");
        }
        text.append("\n|---|").append("---|".repeat(size())).append('\n');
        appendMarkdown(text, "no task", untrained);
        for (int i = 0; i < size(); i++) {
            appendMarkdown(text, tasks[i], values[i]);
        }
        text.append("\n| summary | value |\n|---|---|\n");
        for (Summary summary : summaries()) {
            text.append("| %s | %s |%n".formatted(summary.name(), cell(summary.value())));
        }
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    private static void appendMarkdown(StringBuilder text, String name, double[] row) {
        text.append("| ").append(name).append(" |");
        for (double value : row) {
            text.append(' ').append(cell(value)).append(" |");
        }
        text.append('\n');
    }

    private static String cell(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
    }

    /**
     * Draws the matrix as a heat map with its numbers, one row for each task learned.
     *
     * @param png file to write
     * @throws IOException if it cannot be written
     */
    public void writeHeatMap(File png) throws IOException {
        HeatMap.write(metric, tasks(), values, png);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EvaluationMatrix that
                && metric.equals(that.metric)
                && Arrays.equals(tasks, that.tasks)
                && Arrays.deepEquals(values, that.values)
                && Arrays.equals(untrained, that.untrained)
                && Arrays.equals(minima, that.minima);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tasks) + 31 * Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        return toMarkdown();
    }
}
