/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;

/** Fisher products of graphs against an explicit matrix from the graph's own outputs; shares no code with the estimator. */
class GraphProductsTest {
    private static final int EXAMPLES = 6;
    private static final int INPUTS = 3;
    private static final int UNITS = 4;
    private static final int OUTPUTS = 3;
    private static final List<String> VARIABLES = List.of("w0", "b0", "w1", "gain");

    /** A matrix with bias, one that is transposed and has none, and a gain that acts elementwise. */
    private static SameDiff graph() {
        SameDiff graph = SameDiff.create();
        SDVariable input = graph.placeHolder("input", DataType.DOUBLE, -1, INPUTS);
        SDVariable labels = graph.placeHolder("labels", DataType.DOUBLE, -1, OUTPUTS);
        SDVariable w0 = graph.var("w0", RandomMatrices.gaussian(INPUTS, UNITS, 1));
        SDVariable b0 = graph.var("b0", RandomMatrices.gaussian(1, UNITS, 2));
        SDVariable w1 = graph.var("w1", RandomMatrices.gaussian(OUTPUTS, UNITS, 3));
        SDVariable gain = graph.var("gain", RandomMatrices.gaussian(new long[] {OUTPUTS}, 4));
        SDVariable hidden = graph.math.tanh(input.mmul(w0).add(b0));
        SDVariable z = graph.mmul("z0", hidden, w1, false, true, false).mul("z", gain);
        graph.loss.meanSquaredError("loss", labels, z, null);
        graph.setLossVariables("loss");
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new Sgd(0.1))
                .dataSetFeatureMapping("input")
                .dataSetLabelMapping("labels")
                .build());
        return graph;
    }

    @ParameterizedTest
    @EnumSource(OutputLikelihood.class)
    void productsAreThoseOfTheExplicitMatrix(OutputLikelihood likelihood) {
        SameDiff graph = graph();
        graph.createGradFunction();
        GraphLayout layout = GraphLayout.of(graph, List.of(new GraphLayer.Names("w0", "b0")));
        GraphSettings settings = new GraphSettings(graph, List.of(new GraphOutput("z", likelihood, null)));
        GraphModel model = new GraphModel(settings, graph.getFunction("grad"), layout, new GraphVector(layout));
        CurvatureBatch batch = CurvatureBatch.ofInputs(RandomMatrices.gaussian(EXAMPLES, INPUTS, 5));
        INDArray v = RandomMatrices.gaussian(new long[] {layout.length()}, 6);
        INDArray before = model.parameters().dup();

        INDArray product = model.fisherEstimator().build().product(batch, v, LabelSampler.seeded(1));

        // central differences of 1e-5 in the products, and those of the oracle: 1e-9 relative each
        assertThatMatrix(product).isWithinRelativeFrobenius(explicit(graph, likelihood, batch, layout, v), 1e-7);
        assertThatMatrix(model.parameters()).isBitEqualTo(before);
        exactPassesHaveTheTraceOfTheMatrix(model, batch, graph, likelihood, layout);
    }

    /** The squares of the gradients of all exact passes add up to the diagonal, in expectation over signs; here its products. */
    private static void exactPassesHaveTheTraceOfTheMatrix(
            GraphModel model, CurvatureBatch batch, SameDiff graph, OutputLikelihood likelihood, GraphLayout layout) {
        INDArray product = Nd4j.zeros(DataType.DOUBLE, layout.length(), layout.length());
        INDArray[] inputsAndErrors = new INDArray[2];
        model.fisherPasses().run(batch, FisherLabels.EXACT, LabelSampler.seeded(2), (first, factors, gradient) -> {
            LayerFactors last = factors.stream()
                    .filter(each -> each.layer().equals("w1"))
                    .findFirst()
                    .orElseThrow();
            INDArray perExample = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, OUTPUTS * UNITS);
            for (int n = 0; n < EXAMPLES; n++) {
                INDArray outer = last.errors()
                        .getRow(n, true)
                        .transpose()
                        .mmul(last.inputs().getRow(n, true));
                perExample.putRow(n, outer.dup('c').reshape(OUTPUTS * UNITS));
            }
            INDArray squares = perExample.transpose().mmul(perExample);
            inputsAndErrors[0] = inputsAndErrors[0] == null ? squares : inputsAndErrors[0].add(squares);
        });
        INDArray expected = Nd4j.zeros(DataType.DOUBLE, OUTPUTS * UNITS, OUTPUTS * UNITS);
        long start = layout.start("w1", "w1");
        for (int column = 0; column < OUTPUTS * UNITS; column++) {
            INDArray unit = Nd4j.zeros(DataType.DOUBLE, product.size(0));
            unit.putScalar(start + column, 1);
            INDArray whole = explicit(graph, likelihood, batch, layout, unit);
            for (int row = 0; row < OUTPUTS * UNITS; row++) {
                expected.putScalar(row, column, whole.getDouble(start + row) * EXAMPLES);
            }
        }
        assertThatMatrix(inputsAndErrors[0]).isWithinRelativeFrobenius(expected, 1e-7);
    }

    private static INDArray explicit(
            SameDiff graph, OutputLikelihood likelihood, CurvatureBatch batch, GraphLayout layout, INDArray v) {
        SameDiff copy = graph.dup();
        GraphVector present = new GraphVector(layout);
        present.gather(name -> graph.getVariable(name).getArr());
        INDArray mean = mean(copy, likelihood, batch);
        INDArray jacobian = FiniteDifferences.jacobian(
                point -> {
                    for (String name : VARIABLES) {
                        INDArray array = copy.getVariable(name).getArr();
                        INDArray part = layout.view(point, name);
                        array.assign(part.rank() == array.rank() ? part : part.reshape(array.shape()));
                    }
                    return mean(copy, likelihood, batch);
                },
                present.flat().dup()); // [examples * outputs, n]
        INDArray weights = Nd4j.zeros(DataType.DOUBLE, mean.length());
        for (int i = 0; i < mean.length(); i++) {
            double p = mean.getDouble(i / OUTPUTS, i % OUTPUTS);
            weights.putScalar(
                    i,
                    switch (likelihood) {
                        case CATEGORICAL -> 1 / p;
                        case BERNOULLI -> 1 / (p * (1 - p));
                        case GAUSSIAN_MEAN -> 2.0 / OUTPUTS;
                        case GAUSSIAN_SUM -> 2;
                    });
        }
        INDArray change = jacobian.mmul(v.reshape(v.length(), 1)).muliColumnVector(weights);
        return jacobian.transpose().mmul(change).reshape(v.length()).divi(EXAMPLES);
    }

    private static INDArray mean(SameDiff graph, OutputLikelihood likelihood, CurvatureBatch batch) {
        INDArray z =
                graph.output(Map.of("input", batch.inputs()[0]), "z").get("z").dup('c');
        for (int row = 0; row < EXAMPLES; row++) {
            double sum = 0;
            for (int k = 0; k < OUTPUTS; k++) {
                sum += Math.exp(z.getDouble(row, k));
            }
            for (int k = 0; k < OUTPUTS; k++) {
                double logit = z.getDouble(row, k);
                switch (likelihood) {
                    case CATEGORICAL -> z.putScalar(row, k, Math.exp(logit) / sum);
                    case BERNOULLI -> z.putScalar(row, k, 1 / (1 + Math.exp(-logit)));
                    case GAUSSIAN_MEAN, GAUSSIAN_SUM -> {
                        // the mean is z
                    }
                }
            }
        }
        return z;
    }
}
