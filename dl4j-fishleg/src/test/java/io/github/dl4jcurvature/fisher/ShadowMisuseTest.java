/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Parameter sharing and the messages of misuse. */
class ShadowMisuseTest {
    private final LikelihoodCase network = LikelihoodCases.softmax();
    private final Model model = network.network().model();
    private final CurvatureBatch batch = network.batch();

    @Test
    void seesTheParametersOfItsPrimary() {
        ShadowNetwork shadow = ShadowNetwork.of(model);
        INDArray before = shadow.outputMeans(batch).get(0);
        model.params().muli(0.5);
        assertThat(shadow.outputMeans(batch).get(0)).isNotEqualTo(before);
        assertThat(shadow.sharesParametersWith(model)).isTrue();
        assertThat(shadow.sharesParametersWith(((MultiLayerNetwork) model).clone()))
                .isFalse();
    }

    @Test
    void ownParametersAreIndependent() {
        INDArray original = model.params().dup();
        ShadowNetwork own = ShadowNetwork.withOwnParameters(model);
        own.parameters().muli(0.5);
        assertThatMatrix(model.params()).isBitEqualTo(original);
        assertThat(own.sharesParametersWith(model)).isFalse();
    }

    @Test
    void refusesABatchWithoutLabels() {
        ShadowNetwork shadow = ShadowNetwork.of(model);
        assertIllegalArgument(() -> shadow.withLabels(batch), "the batch has no labels");
    }

    @Test
    void refusesErrorsOfAnotherNumberOrShape() {
        ShadowNetwork shadow = ShadowNetwork.of(model);
        assertIllegalArgument(
                () -> shadow.backpropagate(batch, List.of()),
                "outputErrors has 0 arrays but the network has 1 outputs");
        INDArray wrong = Nd4j.ones(DataType.DOUBLE, 2, 3);
        assertIllegalArgument(() -> shadow.withInjectedErrors(batch, List.of(wrong)), "[3, 3] is required");
        shadow.outputMeans(batch); // the failed pass leaves the shadow usable
    }

    @Test
    void hasNoGradientBeforeAPass() {
        ShadowNetwork shadow = ShadowNetwork.of(model);
        assertThatThrownBy(shadow::gradient)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("run a pass first");
    }

    @Test
    void refusesToRunInsideAWorkspace() {
        ShadowNetwork shadow = ShadowNetwork.of(model);
        try (MemoryWorkspace open = Nd4j.getWorkspaceManager()
                .getAndActivateWorkspace(WorkspaceConfiguration.builder().build(), "OPEN")) {
            assertThat(open.getId()).isEqualTo("OPEN");
            assertThatThrownBy(() -> shadow.outputMeans(batch))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("OPEN")
                    .hasMessageContaining("onGradientCalculation");
        }
        shadow.outputMeans(batch);
    }

    @Test
    void refusesModelsOfOtherKinds() {
        Model layer = ((MultiLayerNetwork) model).getLayer(0);
        assertIllegalArgument(() -> ShadowNetwork.of(layer), "pass a MultiLayerNetwork or a ComputationGraph");
    }

    @Test
    void refusesNetworksWithoutALoss() {
        MultiLayerNetwork open =
                network(new DenseLayer.Builder().name("top").nOut(2).build());
        assertIllegalArgument(() -> ShadowNetwork.of(open), "output 'top' is not an output layer with a loss");
    }

    @Test
    void namesTheOutputThatTakesNoSampledLabels() {
        MultiLayerNetwork network = network(new CenterLossOutputLayer.Builder(LossFunction.MSE)
                .name("top")
                .nOut(2)
                .activation(Activation.IDENTITY)
                .build());
        ShadowNetwork shadow = ShadowNetwork.of(network);
        String message = "output 'top' is none of OutputLayer, RnnOutputLayer and LossLayer";
        assertIllegalArgument(() -> shadow.withSampledLabels(batch, LabelSampler.seeded(0)), message);
        assertIllegalArgument(() -> shadow.backpropagate(batch, List.of(Nd4j.ones(DataType.DOUBLE, 3, 3))), message);
        assertIllegalArgument(() -> shadow.outputMeans(batch), message);
    }

    @Test
    void refusesUnknownParametersAndRowCounts() {
        LayerFactors factors = ShadowNetwork.of(model)
                .withSampledLabels(batch, LabelSampler.seeded(0))
                .get(0);
        assertIllegalArgument(() -> factors.gradient("gain"), "has no captured parameter gain; it has [W] and bias b");
        assertIllegalArgument(
                () -> factors.sumPerExample(Nd4j.ones(DataType.DOUBLE, 2)), "rowValues has 2 entries but layer");
    }

    @Test
    void batchesNeedInputs() {
        assertIllegalArgument(CurvatureBatch::ofInputs, "inputs is empty");
        assertIllegalArgument(() -> CurvatureBatch.ofInputs((INDArray) null), "inputs[0] is null");
    }

    @Test
    void batchesTakeOverDataSets() {
        INDArray x = Nd4j.ones(DataType.DOUBLE, 4, 3);
        INDArray y = Nd4j.ones(DataType.DOUBLE, 4, 2);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 4, 1);
        CurvatureBatch single = CurvatureBatch.of(new DataSet(x, y, null, mask));
        CurvatureBatch several = CurvatureBatch.of(
                new MultiDataSet(new INDArray[] {x, y}, new INDArray[] {y}, null, new INDArray[] {mask}));
        assertThat(single.examples()).isEqualTo(4);
        assertThat(single.inputs()).containsExactly(x);
        assertThat(single.inputMasks()).isNull();
        assertThat(several.inputs()).containsExactly(x, y);
        for (CurvatureBatch taken : List.of(single, several)) {
            assertThat(taken.labels()).containsExactly(y);
            assertThat(taken.labelMasks()).containsExactly(mask);
        }
    }

    private static MultiLayerNetwork network(org.deeplearning4j.nn.conf.layers.Layer top) {
        MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(top)
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        return network;
    }

    private static void assertIllegalArgument(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
