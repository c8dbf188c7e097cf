/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.shade.jackson.databind.JsonNode;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Twenty steps of the host's {@code fit} on digits; a change of 1e-12 in the weights changes losses by less than 1e-11. */
class GoldenTrajectoryTest {
    private static final double TOLERANCE = 1e-8;

    static Stream<Arguments> trajectories() {
        GoldenCase all = GoldenCases.in("gn").named("trajectories");
        if (!all.isPresent()) {
            return Stream.of(Arguments.of("trajectories", all));
        }
        return StreamSupport.stream(((Iterable<String>) () -> all.json().fieldNames()).spliterator(), false)
                .filter(name -> all.has(name + "__X"))
                .map(name -> Arguments.of(name, all));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trajectories")
    void lossesAndFinalWeightsAgree(String name, GoldenCase all) {
        JsonNode run = all.json().get(name);
        MultiLayerNetwork network = network(name, all, run);
        INDArray x = all.array(name + "__X");
        INDArray y = all.array(name + "__Y");
        INDArray losses = all.array(name + "__loss");
        for (int step = 0; step < run.get("steps").asInt(); step++) {
            network.fit(x, y);
            double expected = losses.getDouble(step);
            assertThat(network.score()).as("loss %d", step).isCloseTo(expected, within(TOLERANCE * expected));
        }
        for (int l = 0; l < run.get("L").asInt(); l++) {
            for (String parameter : List.of("Wf", "bf", "Wg", "bg")) {
                INDArray actual = network.getLayer(l).getParam(parameter);
                INDArray expected = all.array("%s__final_b%d_%s".formatted(name, l, parameter));
                assertThatMatrix(actual).isWithinRelativeFrobenius(expected.reshape(actual.shape()), TOLERANCE);
            }
        }
    }

    private static MultiLayerNetwork network(String name, GoldenCase all, JsonNode run) {
        double alpha = run.get("alpha").asDouble();
        String solver = run.get("solver").asText();
        GaussNewton.Builder updater = GaussNewton.builder().alpha(alpha);
        updater = solver.startsWith("gram") ? updater.damped(lastNumber(solver)) : updater.truncated(1e-2, 1e-5);
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(updater.build())
                .list();
        JsonNode activations = run.get("activations");
        for (int l = 0; l < run.get("L").asInt(); l++) {
            JsonNode activation = activations.isArray() ? activations.get(l) : activations;
            list.layer(new ReversibleCouplingLayer.Builder()
                    .nIn(run.get("d").asInt())
                    .hiddenSize(run.get("m").asInt())
                    .activation(Activation.valueOf(activation.asText().toUpperCase(Locale.ROOT)))
                    .build());
        }
        list.layer(new OrthonormalReadout.Builder()
                .nIn(run.get("d").asInt())
                .nOut(run.get("C").asInt())
                .build());
        list.layer(new LossLayer.Builder()
                .lossFunction(loss(run.get("hessian").asText()))
                .activation(Activation.SOFTMAX)
                .build());
        MultiLayerConfiguration configuration = GaussNewtonSpan.prepare(list.build());
        MultiLayerNetwork network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(configuration.toJson()));
        network.init();
        int blocks = run.get("L").asInt();
        for (int l = 0; l < blocks; l++) {
            for (String parameter : List.of("Wf", "bf", "Wg", "bg", "Vf", "Vg")) {
                INDArray target = network.getLayer(l).getParam(parameter);
                target.assign(
                        all.array("%s__b%d_%s".formatted(name, l, parameter)).reshape(target.shape()));
            }
        }
        network.getLayer(blocks).getParam("U").assign(all.array(name + "__U"));
        return network;
    }

    private static GaussNewtonLoss loss(String hessian) {
        return switch (hessian) {
            case "identity" -> new GaussNewtonLoss(new LossMCXENT());
            case "exact" -> new GaussNewtonLoss(new LossMCXENT(), ResidualMode.EXACT);
            default -> GaussNewtonLoss.damped(new LossMCXENT(), lastNumber(hessian));
        };
    }

    private static double lastNumber(String text) {
        return Double.parseDouble(text.substring(text.lastIndexOf(' ') + 1));
    }
}
