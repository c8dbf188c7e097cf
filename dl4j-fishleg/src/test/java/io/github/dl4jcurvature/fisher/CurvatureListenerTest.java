/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The listener with an updater that steps like gradient descent and remembers what it is shown. */
class CurvatureListenerTest {
    private static final int EXAMPLES = 6;
    private static final int INPUTS = 4;
    private static final int CLASSES = 3;

    /** Products of at most 24 numbers of order 1 in double. */
    private static final double TOLERANCE = 1e-13;

    @Test
    void showsInputsAndErrorsWhoseProductIsTheGradientAlsoInTheFirstIterationAndUnderDropout() {
        MultiLayerNetwork network = dense(new Witness(), 0.5);
        List<String> checked = train(network);
        assertThat(checked).containsExactly("layer0", "layer2", "layer0", "layer2", "layer0", "layer2");
    }

    @Test
    void showsThemInAComputationGraph() {
        ComputationGraph graph = dense(new Witness(), 1).toComputationGraph();
        List<String> checked = train(graph);
        assertThat(checked).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void showsTheRowsOfATimeSeriesWithAndWithoutMask(boolean masked) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(new Witness())
                .list()
                .layer(new SimpleRnn.Builder().nIn(INPUTS).nOut(5).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(5)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        Recorder recorder = new Recorder();
        network.addListeners(new CurvatureListener(), recorder);
        int steps = 7;
        INDArray x = RandomMatrices.gaussian(new long[] {EXAMPLES, INPUTS, steps}, 1);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES, steps);
        for (int example = 0; example < EXAMPLES; example++) {
            for (int t = 0; t < steps; t++) {
                y.putScalar(new int[] {example, (example + t) % CLASSES, t}, 1);
            }
        }
        INDArray mask = null;
        if (masked) {
            mask = Nd4j.ones(DataType.DOUBLE, EXAMPLES, steps);
            mask.putScalar(1, 6, 0).putScalar(3, 5, 0).putScalar(3, 6, 0);
        }
        network.fit(new DataSet(x, y, mask, mask));
        assertThat(Witness.check(network, recorder)).containsExactly("layer1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theBatchOfATrainingHasTheMasksThatWereGiven(boolean graph) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(new Sgd(0.1))
                .list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(5).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(5)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.recurrent(INPUTS))
                .build());
        network.init();
        Model model = graph ? network.toComputationGraph() : network;
        List<CurvatureBatch> seen = new ArrayList<>();
        model.setListeners(new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model trained) {
                CurvatureBatch batch = CurvatureBatch.ofTraining(trained);
                seen.add(new CurvatureBatch(
                        batch.inputs(),
                        batch.labels(),
                        new INDArray[] {batch.inputMasks()[0].dup('c')},
                        new INDArray[] {batch.labelMasks()[0].dup('c')}));
            }
        });
        int steps = 4;
        INDArray x = RandomMatrices.gaussian(new long[] {3, INPUTS, steps}, 1);
        INDArray y = RandomMatrices.gaussian(new long[] {3, CLASSES, steps}, 2);
        INDArray ofSteps = Nd4j.ones(DataType.DOUBLE, 3, steps);
        ofSteps.putScalar(0, 3, 0).putScalar(2, 1, 0);
        INDArray ofOutputs = Nd4j.ones(DataType.DOUBLE, 3, CLASSES, steps);
        ofOutputs.putScalar(new int[] {0, 1, 3}, 0).putScalar(new int[] {2, 0, 1}, 0);

        INDArray ofInputs = Nd4j.ones(DataType.DOUBLE, 3, steps).putScalar(1, 3, 0);
        ((NeuralNetwork) model).fit(new DataSet(x, y, ofInputs, ofSteps));
        ((NeuralNetwork) model).fit(new DataSet(x, y, ofInputs, ofOutputs));

        assertThat(seen).extracting(batch -> batch.inputMasks()[0]).containsExactly(ofInputs, ofInputs);
        assertThat(seen.get(0).labelMasks()[0]).isEqualTo(ofSteps);
        assertThat(seen.get(1).labelMasks()[0]).isEqualTo(ofOutputs);
    }

    @Test
    void changesNoBitOfTheTraining() {
        MultiLayerNetwork with = dense(new Witness(), 0.5);
        MultiLayerNetwork without = dense(new Sgd(0.1), 0.5);
        without.setParams(with.params().dup());
        with.addListeners(new CurvatureListener());
        for (MultiLayerNetwork network : List.of(with, without)) {
            Nd4j.getRandom().setSeed(5); // dropout
            for (int iteration = 0; iteration < 10; iteration++) {
                network.fit(batch(iteration));
            }
        }
        assertThatMatrix(with.params()).isBitEqualTo(without.params());
    }

    @Test
    void leavesTheConfigurationThatIsSavedAsTheUserWroteIt() {
        MultiLayerNetwork network = dense(new Witness(), 0.5);
        CurvatureListener.prepare(network);
        String before = network.getLayerWiseConfigurations().toJson();
        train(network);
        network.getLayerWiseConfigurations().setIterationCount(0);
        assertThat(MultiLayerConfiguration.fromJson(
                        network.getLayerWiseConfigurations().toJson()))
                .isEqualTo(MultiLayerConfiguration.fromJson(before));
        assertThat(network.getLayerWiseConfigurations().toJson())
                .doesNotContain("Capturing")
                .doesNotContain("Recording");
        assertThat(network.getLayer(0).conf().getLayer())
                .extracting("iDropout")
                .isSameAs(network.getLayerWiseConfigurations()
                        .getConf(0)
                        .getLayer()
                        .getIDropout());
    }

    @Test
    void tellsEachConfigurationItsParametersOnce() {
        MultiLayerNetwork network = dense(new Witness(), 1);
        CurvatureListener.prepare(network);
        Witness first = (Witness) network.getLayer(0).getConfig().getUpdaterByParam("W");
        assertThat(first.governed)
                .isEqualTo(new LayerParameters(
                        "layer0",
                        List.of("W", "b"),
                        List.of(20L, 5L),
                        List.of(new ParameterSection(
                                ParameterSection.Kind.MATRIX,
                                5,
                                List.of(new ParameterSection.Part(0, INPUTS), new ParameterSection.Part(20, 1)),
                                1,
                                true))));
        Witness norm = (Witness) network.getLayer(1).getConfig().getUpdaterByParam("gamma");
        assertThat(norm.governed)
                .isEqualTo(new LayerParameters(
                        "layer1",
                        List.of("gamma", "beta"),
                        List.of(5L, 5L),
                        List.of(elementwise(0, 5), elementwise(5, 5))));
    }

    @Test
    void drawsAuxiliaryInputsReproduciblyAndWithoutReplacement() {
        INDArray rows = RandomMatrices.gaussian(new long[] {10, 2, 3}, 1);
        AuxiliaryInputs inputs = AuxiliaryInputs.drawnFrom(rows);
        CurvatureBatch training = CurvatureBatch.ofInputs(rows);
        INDArray first = inputs.draw(training, 4, 7, 0).inputs()[0];
        assertThat(first.shape()).containsExactly(4, 2, 3);
        assertThatMatrix(inputs.draw(training, 4, 7, 0).inputs()[0]).isBitEqualTo(first);
        assertThat(inputs.draw(training, 4, 7, 1).inputs()[0]).isNotEqualTo(first);
        INDArray all = inputs.draw(training, 99, 7, 2).inputs()[0];
        assertThatMatrix(all.sum(0)).isWithinAbsolute(rows.sum(0), TOLERANCE);
        assertThatThrownBy(() -> new CurvatureListener().auxiliaryInputs(Nd4j.ones(DataType.DOUBLE, 3)))
                .hasMessageContaining("at least two dimensions");
    }

    @Test
    void consecutiveLabelDrawsAreNotOneAnothersShift() {
        LabelSampler first = LabelSampler.numbered(7, 0);
        LabelSampler second = LabelSampler.numbered(7, 1);
        List<Double> draws = new ArrayList<>();
        for (int draw = 0; draw < 50; draw++) {
            draws.add(first.nextUniform());
        }
        for (int draw = 0; draw < 50; draw++) {
            assertThat(draws).doesNotContain(second.nextUniform());
        }
        assertThat(LabelSampler.numbered(7, 0).nextUniform()).isEqualTo(draws.get(0));
    }

    @Test
    void givesEachLayerAConfigurationOfItsOwn() {
        Witness shared = new Witness();
        MultiLayerNetwork network = dense(new Sgd(0.1), 1);
        for (int index : new int[] {0, 2}) {
            ((org.deeplearning4j.nn.conf.layers.BaseLayer)
                            network.getLayer(index).conf().getLayer())
                    .setIUpdater(shared);
        }

        CurvatureListener.prepare(network);

        assertThat(governedLayer(network, 0)).isEqualTo("layer0");
        assertThat(governedLayer(network, 2)).isEqualTo("layer2");
    }

    private static String governedLayer(MultiLayerNetwork network, int index) {
        return ((Witness) network.getLayer(index).getConfig().getUpdaterByParam("W")).governed.layer();
    }

    private static List<String> train(Model model) {
        Recorder recorder = new Recorder();
        model.addListeners(new CurvatureListener(), recorder);
        List<String> checked = new ArrayList<>();
        for (int iteration = 0; iteration < 3; iteration++) {
            if (model instanceof MultiLayerNetwork network) {
                network.fit(batch(iteration));
            } else {
                ((ComputationGraph) model).fit(batch(iteration));
            }
            checked.addAll(Witness.check(model, recorder));
        }
        return checked;
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static MultiLayerNetwork dense(IUpdater updater, double retain) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(5)
                        .dropOut(retain)
                        .build())
                .layer(new BatchNormalization.Builder().nIn(5).nOut(5).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(5)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static DataSet batch(long seed) {
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        for (int example = 0; example < EXAMPLES; example++) {
            y.putScalar(example, (example + seed) % CLASSES, 1);
        }
        return new DataSet(RandomMatrices.gaussian(EXAMPLES, INPUTS, seed), y);
    }

    /** Keeps the summed gradient of the last iteration before any updater changes it. */
    private static final class Recorder extends org.deeplearning4j.optimize.api.BaseTrainingListener
            implements TrainingListener {
        private final Map<String, INDArray> gradients = new HashMap<>();

        @Override
        public void onGradientCalculation(Model model) {
            model.gradient().gradientForVariable().forEach((key, value) -> gradients.put(key, value.dup()));
        }
    }

    /** Gradient descent with the rate 0.1 that keeps what its network-wide half was shown last. */
    private static ParameterSection elementwise(long start, long length) {
        return new ParameterSection(
                ParameterSection.Kind.ELEMENTWISE, 1, List.of(new ParameterSection.Part(start, length)), 1, false);
    }

    private static final class Witness implements CurvatureConfiguration {
        private static final long serialVersionUID = 1L;
        private static TrainingStep last;
        private transient LayerParameters governed;

        static List<String> check(Model model, Recorder recorder) {
            List<String> checked = new ArrayList<>();
            Layer[] layers = HostNetwork.of(model).layers();
            for (Layer layer : layers) {
                TrainingFactors factors = last.factors(HostNetwork.nameOf(layer));
                if (factors == null) {
                    continue;
                }
                String prefix =
                        (model instanceof MultiLayerNetwork ? layer.getIndex() : HostNetwork.nameOf(layer)) + "_";
                assertThatMatrix(factors.inputs().transpose().mmul(factors.errors()))
                        .isWithinRelativeFrobenius(recorder.gradients.get(prefix + "W"), TOLERANCE);
                INDArray bias = recorder.gradients.get(prefix + "b");
                assertThatMatrix(factors.errors().sum(0).reshape(bias.shape()))
                        .isWithinRelativeFrobenius(bias, TOLERANCE);
                checked.add(HostNetwork.nameOf(layer));
            }
            return checked;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Witness;
        }

        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public boolean assignTo(LayerParameters layer) {
            boolean changed = !layer.equals(governed);
            governed = layer;
            return changed;
        }

        @Override
        public boolean wantsTrainingFactors(long rows) {
            return true;
        }

        @Override
        public CurvatureMethod newMethod() {
            return new CurvatureMethod() {
                @Override
                public void bind(CurvatureModel model, List<CurvatureBlock> blocks, AuxiliaryInputs auxiliary) {
                    last = null;
                }

                @Override
                public void onGradient(TrainingStep step) {
                    last = step;
                }
            };
        }

        @Override
        public long stateSize(long numParams) {
            return 0;
        }

        @Override
        public GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
            return new WitnessUpdater(this);
        }

        @Override
        public GradientUpdater<?> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
            return instantiate((INDArray) null, initializeStateArrays);
        }

        @Override
        public Witness clone() {
            return new Witness();
        }

        @Override
        public double getLearningRate(int iteration, int epoch) {
            return 0.1;
        }

        @Override
        public boolean hasLearningRate() {
            return true;
        }

        @Override
        public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
            throw new UnsupportedOperationException("fixed rate");
        }
    }

    private record WitnessUpdater(Witness config) implements GradientUpdater<Witness> {
        @Override
        public Witness getConfig() {
            return config;
        }

        @Override
        public void setState(Map<String, INDArray> stateMap, boolean initialize) {
            // stateless
        }

        @Override
        public Map<String, INDArray> getState() {
            return Map.of();
        }

        @Override
        public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialize) {
            // stateless
        }

        @Override
        public void applyUpdater(INDArray gradient, int iteration, int epoch) {
            gradient.muli(0.1);
        }
    }
}
