/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.JsonArrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.shade.jackson.databind.JsonNode;

/** A network at the start of a recorded run, with its prior and its batch. */
record GoldenTrace(GoldenCase golden, MultiLayerNetwork network, List<String> names, DataSet batch) {

    static GoldenTrace of(GoldenCase golden, KroneckerSum sum, DataType type) {
        JsonNode hp = golden.json().get("hyperparameters");
        Ncl ncl = Ncl.builder()
                .learningRate(hp.get("lr").asDouble())
                .dataSize(hp.get("N").asDouble())
                .priorWeight(hp.get("lam").asDouble())
                .absoluteDamping(hp.get("alpha").asDouble())
                .momentum(hp.get("mom").asDouble())
                .kroneckerSum(sum)
                .build();
        boolean recurrent = golden.has("feature_mask");
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder().dataType(type).updater(ncl).list();
        MultiLayerNetwork network = new MultiLayerNetwork(
                recurrent ? recurrent(list).build() : dense(list).build());
        network.init();
        GoldenTrace trace = new GoldenTrace(
                golden,
                network,
                recurrent ? List.of("rnn", "out") : List.of("layer0", "layer1"),
                recurrent ? sequences(golden, type) : examples(golden, type));
        trace.start();
        return trace;
    }

    private static NeuralNetConfiguration.ListBuilder dense(NeuralNetConfiguration.ListBuilder list) {
        return list.layer(new DenseLayer.Builder()
                        .nIn(3)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(4)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    private static NeuralNetConfiguration.ListBuilder recurrent(NeuralNetConfiguration.ListBuilder list) {
        return list.layer(new SimpleRnn.Builder()
                        .nIn(2)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(2));
    }

    private static DataSet examples(GoldenCase golden, DataType type) {
        INDArray x = golden.array("X").castTo(type);
        return new DataSet(x, oneHot(golden.longs("labels"), 3).castTo(type));
    }

    private static INDArray oneHot(long[] labels, long classes) {
        INDArray oneHot = Nd4j.zeros(DataType.DOUBLE, labels.length, classes);
        for (int i = 0; i < labels.length; i++) {
            oneHot.putScalar(i, labels[i], 1);
        }
        return oneHot;
    }

    private static DataSet sequences(GoldenCase golden, DataType type) {
        INDArray x = golden.array("X").permute(0, 2, 1).dup('c').castTo(type); // [batch, feature, time]
        return new DataSet(
                x,
                everyStep(oneHot(golden.longs("labels"), 2), x.size(2)).castTo(type),
                golden.array("feature_mask").castTo(type),
                golden.array("label_mask").castTo(type));
    }

    private static INDArray everyStep(INDArray labels, long steps) {
        return Nd4j.tile(labels.reshape(labels.size(0), labels.size(1), 1), 1, 1, (int) steps);
    }

    /** The same inputs with other labels. */
    DataSet labelled(long... labels) {
        DataType type = network.params().dataType();
        INDArray oneHot = oneHot(labels, batch.getLabels().size(1)).castTo(type);
        return new DataSet(
                batch.getFeatures(),
                batch.getLabels().rank() == 3
                        ? everyStep(oneHot, batch.getLabels().size(2))
                        : oneHot,
                batch.getFeaturesMaskArray(),
                batch.getLabelsMaskArray());
    }

    private void start() {
        network.addListeners(new CurvatureListener());
        CurvatureListener.prepare(network);
        List<INDArray> parameters = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            NclUpdater updater = updaters().get(i);
            LayerPlan plan = updater.getConfig().plan();
            INDArray flat = Nd4j.zeros(network.params().dataType(), plan.parameters());
            scatter(plan, array("theta0", names.get(i)), flat);
            parameters.add(flat);
            NclState state = new NclState(plan, updater.getState().get("NCL"));
            scatter(plan, array("mu", names.get(i)), state.mean());
            StateSlots slots = state.slots();
            slots.writeSymmetric(array("prior", names.get(i), "A"));
            slots.writeSymmetric(array("prior", names.get(i), "G"));
            state.countTask(1, 0);
        }
        network.setParams(Nd4j.concat(0, parameters.toArray(INDArray[]::new)));
    }

    private static void scatter(LayerPlan plan, INDArray matrix, INDArray flat) {
        SectionPlan section = plan.sections().get(0);
        SectionPlan.copy(section.rowsOf(matrix), section.parts(flat));
    }

    List<NclUpdater> updaters() {
        return ((BaseMultiLayerUpdater<?>) network.getUpdater())
                .getUpdaterBlocks().stream()
                        .map(block -> (NclUpdater) block.getGradientUpdater())
                        .toList();
    }

    /** A matrix of the golden document, column-major. */
    INDArray array(String... path) {
        return JsonArrays.toArray(golden.json().at("/" + String.join("/", path)))
                .dup('f');
    }

    /** The matrix of a layer in a vector of its parameters. */
    INDArray matrix(int layer, INDArray flat) {
        SectionPlan plan = updaters().get(layer).getConfig().plan().sections().get(0);
        INDArray matrix = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {plan.rows(), plan.columns()}, 'f');
        plan.gather(flat, matrix);
        return matrix;
    }

    /** The parameters of a layer as a matrix. */
    INDArray parameters(int layer) {
        return updaters().get(layer).layer().parameters(0);
    }

    double number(String... path) {
        return golden.json().at("/" + String.join("/", path)).asDouble();
    }
}
