/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What random cases found to be taken that cannot be worked with. */
class GplvmRefusalTest {
    private static MultiLayerNetwork network(ManifoldLatentLayer.Builder latents, SparseGpOutputLayer.Builder neurons) {
        return LayerCases.initialised(
                LayerCases.network(new Adam(0.05), latents.build(), neurons.build(), DataType.DOUBLE));
    }

    private static void assertRefused(MultiLayerNetwork network, DataSet data, String reason) {
        INDArray parameters = network.params().dup();
        INDArray state = network.updaterState().dup();
        assertThatThrownBy(() -> network.fit(data))
                .isInstanceOfAny(ArithmeticException.class, IllegalArgumentException.class)
                .hasMessageContaining(reason);
        assertThat(network.params()).as("parameters").isEqualTo(parameters);
        assertThat(network.updaterState()).as("state").isEqualTo(state);
    }

    /** The score is finite, since nothing is near an inducing point, but the derivatives of the distances are not. */
    @Test
    void stepsThatAreNotFiniteAreRefused() {
        Manifold manifold = Manifold.rotations();
        MultiLayerNetwork network = network(
                LayerCases.latents(manifold),
                LayerCases.neurons(manifold).collapsed(true).initialLengthScale(1e-110));
        assertRefused(network, LayerCases.data(false), "not finite at iteration 0");
    }

    /** Latents that have no spread have no density; the inducing posteriors of the step are not kept either. */
    @Test
    void scoresWithoutDensityOfLatentsAreRefused() {
        Manifold manifold = Manifold.circle();
        MultiLayerNetwork network = network(
                LayerCases.latents(manifold).smallestDeviation(0),
                LayerCases.neurons(manifold).collapsed(true));
        network.getLayer(0).getParam(ManifoldLatentLayer.SPREAD).assign(-400);
        assertRefused(network, LayerCases.data(false), "iteration 0");
    }

    @Test
    void masksOfOtherShapesAreRefused() {
        Manifold manifold = Manifold.circle();
        MultiLayerNetwork network = network(LayerCases.latents(manifold), LayerCases.neurons(manifold));
        DataSet data = LayerCases.data(false);
        data.setLabelsMaskArray(Nd4j.ones(DataType.DOUBLE, LayerCases.TIMES, 2));
        assertRefused(network, data, "label mask of layer 'layer1' has shape [6, 2]");
    }

    /** A MultiLayerNetwork refuses them itself. */
    @Test
    void inputsOfGraphsWithoutRowsAreRefused() {
        Manifold manifold = Manifold.circle();
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("times")
                .addLayer("latents", LayerCases.latents(manifold).build(), "times")
                .addLayer("neurons", LayerCases.neurons(manifold).build(), "latents")
                .setOutputs("neurons")
                .setInputTypes(InputType.feedForward(1))
                .build());
        graph.init();
        assertThatThrownBy(() -> graph.output(Nd4j.create(DataType.DOUBLE, 0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("input of layer 'latents' has shape [0, 1] but must have at least one row");
    }

    /** A first step of 1e300 is met by the next score or, if there is none, by the evidence. */
    @Test
    void fitsThatLeaveTheFiniteNumbersAreRefused() {
        assertThatThrownBy(() -> farFit(1))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("evidence of the fitted model is NaN");
        assertThatThrownBy(() -> farFit(3))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("score of layer 'layer1' is NaN at iteration 1");
    }

    private static double farFit(int iterations) {
        return ManifoldGplvm.builder(Manifold.circle())
                .inducing(3)
                .samples(2)
                .iterations(iterations)
                .burnIn(0)
                .learningRate(1e300)
                .threads(1)
                .build()
                .fit(LayerCases.data(false).getLabels())
                .evidencePerTime();
    }

    @ParameterizedTest
    @EnumSource(HeldOutStart.class)
    void newDataThatCannotBeObservedAreRefused(HeldOutStart start) {
        INDArray counts = LayerCases.data(true).getLabels();
        FittedGplvm fitted = ManifoldGplvm.builder(Manifold.circle())
                .likelihood(Likelihood.NEGATIVE_BINOMIAL)
                .inducing(3)
                .samples(2)
                .iterations(2)
                .threads(1)
                .build()
                .fit(counts);
        assertThatThrownBy(() -> fitted.infer(Nd4j.createFromArray(new double[][] {{1, -1e6, 2}}), start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("time 0, neuron 1 is -1000000.0 but must be a count");
        assertThatThrownBy(() ->
                        fitted.infer(Nd4j.createFromArray(new double[][] {{1, Double.NEGATIVE_INFINITY, 2}}), start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("neuron 1 is -Infinity");
        assertThatThrownBy(() -> fitted.infer(Nd4j.create(DataType.DOUBLE, 0, 3), start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 3] but must have at least one row");
        assertThatThrownBy(() -> FittedGplvm.of(fitted.network(), counts.sub(10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a count");
    }
}
