/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.dl4jcurvature.testkit.GoldenCase;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;

/** A recorded network and one of its steps. */
final class RecordedStep {
    private final GoldenCase recorded;
    private final JsonNode json;
    final List<CouplingBlock> blocks = new ArrayList<>();

    RecordedStep(GoldenCase recorded) {
        this.recorded = recorded;
        json = recorded.json();
        for (int l = 0; l < json.get("L").asInt(); l++) {
            Activation activation =
                    Activation.valueOf(text("blocks", l, "activation").toUpperCase(Locale.ROOT));
            blocks.add(new CouplingBlock(
                    new CouplingFunction(
                            optional(l, "Vf"), array(l, "Wf"), bias(l, "bf"), activation.getActivationFunction()),
                    new CouplingFunction(
                            optional(l, "Vg"), array(l, "Wg"), bias(l, "bg"), activation.getActivationFunction())));
        }
    }

    private String text(String list, int l, String name) {
        return json.get(list).get(l).get(name).asText();
    }

    INDArray array(String name) {
        return recorded.array(name);
    }

    INDArray array(int l, String name) {
        return recorded.array("blocks/%d/%s".formatted(l, name));
    }

    @Nullable
    INDArray optional(int l, String name) {
        return json.get("blocks").get(l).get(name).isNull() ? null : array(l, name);
    }

    @Nullable
    INDArray bias(int l, String name) {
        INDArray bias = optional(l, name);
        return bias == null ? null : bias.reshape(1, bias.length());
    }

    double number(String name) {
        return recorded.number(name);
    }

    @Nullable
    INDArray readout() {
        return json.get("U").isNull() ? null : array("U");
    }

    Likelihood likelihood() {
        return json.get("loss").asText().equals("mse") ? Likelihood.GAUSSIAN : Likelihood.CATEGORICAL;
    }

    ResidualMode mode() {
        return ResidualMode.valueOf(json.get("hessian").asText().toUpperCase(Locale.ROOT));
    }

    FeatureSolver solver() {
        JsonNode solver = json.get("solver");
        return switch (solver.get("kind").asText()) {
            case "gram" -> FeatureSolver.damped(solver.get("lambda").asDouble());
            case "damped_rel" ->
                FeatureSolver.relativelyDamped(solver.get("rtol").asDouble());
            default ->
                FeatureSolver.truncated(
                        Math.max(1e-7, solver.get("rtol").asDouble()),
                        solver.get("atol").asDouble());
        };
    }

    INDArray residual(INDArray logits) {
        return residual(likelihood(), mode(), number("hessian_lambda"), logits, array("Y"));
    }

    static INDArray residual(
            Likelihood likelihood, ResidualMode mode, double damping, INDArray logits, INDArray labels) {
        double[][] rows = logits.toDoubleMatrix();
        double[][] targets = labels.toDoubleMatrix();
        for (int i = 0; i < rows.length; i++) {
            likelihood.residual(mode, damping, rows[i], targets[i]);
        }
        return Nd4j.createFromArray(rows);
    }

    INDArray logits(INDArray x) {
        INDArray y = x.dup('c');
        blocks.forEach(block -> block.forward(y));
        INDArray readout = readout();
        return readout == null ? y : y.mmul(readout);
    }

    /** Steps of all blocks, raw, for a residual; also the tangents at the blocks' outputs and at the first one's input. */
    Steps steps(FeatureSolver solver, INDArray residual) {
        INDArray readout = readout();
        INDArray t = readout == null
                ? residual.dup('c')
                : residual.mmul(readout.transpose()).dup('c');
        List<INDArray> inputs = new ArrayList<>();
        INDArray x = array("X").castTo(DataType.DOUBLE);
        for (CouplingBlock block : blocks) {
            inputs.add(x.dup('c'));
            block.forward(x);
        }
        List<BlockStep> steps = new ArrayList<>();
        List<INDArray> tangents = new ArrayList<>(List.of(t.dup('c')));
        for (int l = blocks.size() - 1; l >= 0; l--) {
            CouplingPoint point = blocks.get(l).atInput(inputs.get(l));
            steps.add(0, point.gaussNewton(t, solver));
            point.pullBackTangent(t);
            tangents.add(0, t.dup('c'));
        }
        return new Steps(steps, tangents);
    }

    record Steps(List<BlockStep> blocks, List<INDArray> tangents) {}

    /** Subtracts steps times a factor. */
    void move(Steps steps, double factor) {
        for (int l = 0; l < blocks.size(); l++) {
            move(l, steps, factor);
        }
    }

    void move(int l, Steps steps, double factor) {
        move(array(steps.blocks().get(l).f()), factor, blocks.get(l).f());
        move(array(steps.blocks().get(l).g()), factor, blocks.get(l).g());
    }

    private static INDArray array(io.github.dl4jcurvature.linalg.ColumnMajor matrix) {
        return matrix.array();
    }

    private static void move(INDArray step, double factor, CouplingFunction function) {
        long m = function.weights().size(0);
        function.weights().subi(rows(step, 0, m).mul(factor));
        INDArray bias = function.bias();
        if (bias != null) {
            bias.subi(rows(step, m, m + 1).mul(factor));
        }
    }

    static INDArray rows(INDArray matrix, long from, long to) {
        return matrix.get(
                org.nd4j.linalg.indexing.NDArrayIndex.interval(from, to), org.nd4j.linalg.indexing.NDArrayIndex.all());
    }
}
