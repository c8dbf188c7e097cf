/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.LabelSampler;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * 300 steps of an autoencoder in double against trajectories recorded in Python, batch by batch: the authors' own program
 * and independent implementations of the three Fisher-vector products.
 *
 * <p>The recordings hold 12 digits. With exact products the trajectories agree to rounding, which 29 Adam steps on the
 * factors amplify; those of the three products differ from each other by 0.08 to 0.3.
 */
class FishLegReplayTest {
    private static final double TOLERANCE = 1e-6;

    /** A step so short that no rectifier changes sign between the two differences; their error is about 1e-9. */
    private static final double SHORT_STEP = 1e-7;

    private static final int[] SIZES = {196, 48, 16, 48, 196};

    static Stream<Arguments> trajectories() {
        return Stream.of(
                arguments("spec_ggn_f64", FisherEstimator.Method.GAUSS_NEWTON),
                arguments("spec_mc_f64", FisherEstimator.Method.MONTE_CARLO),
                arguments("spec_antithetic_f64", FisherEstimator.Method.ANTITHETIC),
                arguments("official_antithetic_f64", FisherEstimator.Method.ANTITHETIC));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trajectories")
    void followsTheRecordedTrajectory(String name, FisherEstimator.Method method) throws IOException {
        GoldenCase replay = GoldenCases.in("fishleg").named("replay");
        double[] expected = losses(replay, name);
        INDArray x = replay.array("x"); // [1000, 196]
        INDArray batches = replay.array("batch_idx"); // [300, 50]
        MultiLayerNetwork network = network(replay, method);
        for (int step = 0; step < expected.length; step++) {
            INDArray batch = rows(x, batches.getRow(step));
            assertThat(loss(network, batch)).as("loss at step %d", step).isCloseTo(expected[step], within(TOLERANCE));
            network.fit(new DataSet(batch, batch));
            if (step == 0) {
                script(network, replay, x, method);
            }
        }
    }

    private static MultiLayerNetwork network(GoldenCase replay, FisherEstimator.Method method) throws IOException {
        JsonNode config = new ObjectMapper().readTree(replay.file("config.json").toFile());
        FishLeg updater = FishLeg.builder()
                .form(FishLeg.Form.SCALED_KRONECKER)
                .startAsInverseDamping()
                .learningRate(config.get("lr").asDouble())
                .auxiliaryLearningRate(config.get("aux_lr").asDouble())
                .damping(config.get("damping").asDouble())
                .momentum(config.get("beta").asDouble())
                .weightDecay(config.get("weight_decay").asDouble())
                .updateEvery(config.get("update_aux_every").asInt())
                .fisherMethod(method)
                .stepBound(Double.MAX_VALUE)
                .build();
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list();
        for (int layer = 0; layer < SIZES.length - 2; layer++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(SIZES[layer])
                    .nOut(SIZES[layer + 1])
                    .activation(layer == 1 ? Activation.IDENTITY : Activation.RELU)
                    .build());
        }
        layers.layer(new OutputLayer.Builder(new LossBinaryXENT(0.0)) // no clipping of probabilities
                .activation(Activation.SIGMOID)
                .nIn(SIZES[SIZES.length - 2])
                .nOut(SIZES[SIZES.length - 1])
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        for (int layer = 0; layer < SIZES.length - 1; layer++) {
            network.getLayer(layer).setParam("W", replay.array("W%d_dl4j".formatted(layer)));
            INDArray bias = replay.array("b%d_dl4j".formatted(layer));
            network.getLayer(layer).setParam("b", bias.reshape(bias.length()));
        }
        network.addListeners(new CurvatureListener());
        return network;
    }

    /** Replaces the draws of inputs and labels by the recorded ones. */
    private static void script(
            MultiLayerNetwork network, GoldenCase replay, INDArray x, FisherEstimator.Method method) {
        INDArray inputs = replay.array("aux_idx"); // [29, 50]
        INDArray uniforms = replay.array("aux_uniform"); // [29, 50, 196]
        FisherEstimator estimator = FisherEstimator.builder(network)
                .method(method)
                .epsilon(SHORT_STEP)
                .build();
        ((BaseMultiLayerUpdater<?>) network.getUpdater())
                .getUpdaterBlocks()
                .forEach(block -> ((FishLegUpdater) block.getGradientUpdater())
                        .auxiliaryProblem()
                        .replace(
                                (training, number) -> CurvatureBatch.ofInputs(rows(x, inputs.getRow(number))),
                                (batch, v, probeNorm, number) -> method == FisherEstimator.Method.ANTITHETIC
                                        // the authors' difference is 1e-4 / |u| long
                                        ? estimator.product(batch, v, scripted(uniforms, number), 1e-4 / probeNorm)
                                        : estimator.product(batch, v, scripted(uniforms, number))));
    }

    private static LabelSampler scripted(INDArray uniforms, long number) {
        double[] sequence =
                uniforms.get(NDArrayIndex.point(number)).dup('c').ravel().toDoubleVector();
        int[] next = {0};
        return () -> sequence[next[0]++];
    }

    private static INDArray rows(INDArray matrix, INDArray indices) {
        return Nd4j.pullRows(
                matrix,
                1,
                Arrays.stream(indices.toDoubleVector())
                        .mapToInt(index -> (int) index)
                        .toArray());
    }

    /** Binary cross-entropy from the logits, in nats, summed over pixels; the host's score clips probabilities. */
    private static double loss(MultiLayerNetwork network, INDArray batch) {
        INDArray a = batch;
        for (int layer = 0; layer < SIZES.length - 1; layer++) {
            INDArray weights = network.getLayer(layer).getParam("W");
            INDArray bias = network.getLayer(layer).getParam("b");
            a = a.mmul(weights).addRowVector(bias.reshape(1, bias.length()));
            if (layer % 2 == 0) {
                a = Transforms.relu(a, false);
            }
        }
        INDArray softplus =
                Transforms.log(Transforms.exp(Transforms.abs(a).neg()).add(1)); // log(1 + e^-|z|)
        INDArray positive = Transforms.relu(a, true);
        return positive.sub(a.mul(batch)).add(softplus).sumNumber().doubleValue() / batch.size(0);
    }

    private static double[] losses(GoldenCase replay, String name) throws IOException {
        List<String> lines = Files.readAllLines(replay.file("traj_%s.csv".formatted(name)));
        return lines.stream()
                .skip(1)
                .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[1]))
                .toArray();
    }
}
