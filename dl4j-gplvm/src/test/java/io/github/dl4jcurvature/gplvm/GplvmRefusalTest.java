/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;

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

    /** 7^12 terms for every density; only once covariances have left the diagonal, long after the start. */
    @Test
    void fullCovariancesOfManyAnglesAreRefused() {
        Manifold torus = Manifold.torus(12);
        assertThatThrownBy(() -> network(LayerCases.latents(torus), LayerCases.neurons(torus)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("covariance of T12 is FULL")
                .hasMessageContaining("1.4e+10 terms")
                .hasMessageContaining("use TangentCovariance.DIAGONAL");
        Manifold product = Manifold.parse("T7xR1");
        assertThatThrownBy(() -> network(LayerCases.latents(product), LayerCases.neurons(product)))
                .hasMessageContaining("covariance of T7 is FULL");
        double[] correlated = TangentGaussian.isotropic(12, 0.5).factor();
        correlated[12] = 0.1;
        TangentGaussian gaussian = new TangentGaussian(12, correlated);
        assertThatThrownBy(() -> torus.logDensity(gaussian, new double[12], 3, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DIAGONAL");

        MultiLayerNetwork network =
                network(LayerCases.latents(torus).covariance(TangentCovariance.DIAGONAL), LayerCases.neurons(torus));
        network.fit(LayerCases.data(false));
        assertThat(network.score()).isFinite();
        network(LayerCases.latents(torus).images(0), LayerCases.neurons(torus)).fit(LayerCases.data(false));
    }

    @Test
    void numbersOfSamplesAndFitsThatAreNoneAreRefused() {
        assertThatThrownBy(() -> TopologyCrossValidation.builder().likelihoodSamples(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("likelihoodSamples is 0")
                .hasMessageContaining("200 to 1000");
        assertThatThrownBy(() -> TopologyCrossValidation.builder().splits(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("splits is 0")
                .hasMessageContaining("10 are published");
        assertThatThrownBy(() -> TopologyCrossValidation.builder().threads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads is 0");
        ManifoldGplvm.Builder model = ManifoldGplvm.builder(Manifold.circle());
        assertThatThrownBy(() -> model.inducing(0))
                .hasMessageContaining("inducing is 0")
                .hasMessageContaining("15 suit");
        assertThatThrownBy(() -> model.threads(0)).hasMessageContaining("threads is 0");
        assertThatThrownBy(() -> model.refinedInducing(0))
                .hasMessageContaining("refinedInducing is 0")
                .hasMessageContaining("leave it out");
        assertThatThrownBy(() -> model.samples(-1))
                .hasMessageContaining("samples is -1")
                .hasMessageContaining("16 are");
        assertThatThrownBy(() -> model.iterations(0))
                .hasMessageContaining("iterations is 0")
                .hasMessageContaining("500 suit");
        assertThatThrownBy(() -> model.restarts(0))
                .hasMessageContaining("restarts is 0")
                .hasMessageContaining("single");
    }

    /** Points of another size would be read as far as they go, or past their end. */
    @Test
    void questionsThatHaveNoAnswerAreRefused() {
        FittedGplvm fitted = ManifoldGplvm.builder(Manifold.circle())
                .inducing(3)
                .samples(2)
                .iterations(2)
                .threads(1)
                .build()
                .fit(LayerCases.data(false).getLabels());
        for (int size : new int[] {0, 2}) {
            assertThatThrownBy(() -> fitted.tuningCurves(List.of(new double[] {0.3}, new double[size])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("point has %d numbers but one of T1 must have 1", size)
                    .hasMessageContaining("grid or randomPoint");
        }
        assertThatThrownBy(() -> fitted.tuningCurves(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("points are empty");
        assertThatThrownBy(() -> fitted.importanceWeightedLogLikelihood(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("samples is 0");
    }

    /** Also at the times that the first split holds out of the fit. */
    @Test
    void comparisonsRefuseWhatTheLikelihoodCannotObserveAtAnyTime() {
        for (int row = 0; row < LayerCases.TIMES; row++) {
            INDArray data = Nd4j.hstack(
                    LayerCases.data(true).getLabels(), LayerCases.data(true).getLabels());
            data.putScalar(row, 2, 0.5);
            assertThatThrownBy(() -> TopologyCrossValidation.builder()
                            .splits(1)
                            .model(model -> model.likelihood(Likelihood.POISSON)
                                    .iterations(2)
                                    .inducing(2))
                            .build()
                            .compare(data, List.of(Manifold.circle())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("time %d, neuron 2 is 0.5", row);
        }
    }
}
