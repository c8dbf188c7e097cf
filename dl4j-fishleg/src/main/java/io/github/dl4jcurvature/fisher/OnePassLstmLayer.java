/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.recurrent.FwdPassReturn;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.deeplearning4j.nn.layers.recurrent.LSTMHelpers;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The host's LSTM layer with the time index last, which leaves the gates of its forward pass to the backward pass. They live in the
 * workspace of the activations, that is until the end of the pass.
 */
final class OnePassLstmLayer extends LSTM {
    private static final long serialVersionUID = 1L;

    OnePassLstmLayer(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
    }

    @Override
    public INDArray activate(INDArray sequences, boolean training, LayerWorkspaceMgr workspaces) {
        setInput(sequences, workspaces);
        return activate(training, workspaces);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        if (!training || workspaces.getWorkspaceName(ArrayType.ACTIVATIONS) == null) {
            return super.activate(training, workspaces);
        }
        FwdPassReturn pass = gates(workspaces);
        cachedFwdPass = pass;
        return pass.fwdPassOutput;
    }

    /** Some of the arrays that the host keeps are of no kind that it could assign to a workspace. */
    @SuppressWarnings("try") // workspace scope
    private FwdPassReturn gates(LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return LSTMHelpers.activateHelper(
                    this,
                    conf,
                    layerConf().getGateActivationFn(),
                    input,
                    getParam(LSTMParamInitializer.RECURRENT_WEIGHT_KEY),
                    getParam(LSTMParamInitializer.INPUT_WEIGHT_KEY),
                    getParam(LSTMParamInitializer.BIAS_KEY),
                    true,
                    null,
                    null,
                    true,
                    true,
                    LSTMParamInitializer.INPUT_WEIGHT_KEY,
                    maskArray,
                    false,
                    helper,
                    CacheMode.HOST, // with NONE the host leaves the output of a pass for the backward pass empty
                    lasting(workspaces),
                    layerConf().isHelperAllowFallback());
        }
    }

    /** Workspaces in which all but the content of the loop over time lasts as long as activations do. */
    private static LayerWorkspaceMgr lasting(LayerWorkspaceMgr workspaces) {
        String name = workspaces.getWorkspaceName(ArrayType.ACTIVATIONS);
        WorkspaceConfiguration configuration = workspaces.getConfiguration(ArrayType.ACTIVATIONS);
        return LayerWorkspaceMgr.builder()
                .with(ArrayType.INPUT, name, configuration)
                .with(ArrayType.ACTIVATIONS, name, configuration)
                .with(ArrayType.FF_WORKING_MEM, name, configuration)
                .with(ArrayType.BP_WORKING_MEM, name, configuration)
                .with(
                        ArrayType.RNN_FF_LOOP_WORKING_MEM,
                        workspaces.getWorkspaceName(ArrayType.RNN_FF_LOOP_WORKING_MEM),
                        workspaces.getConfiguration(ArrayType.RNN_FF_LOOP_WORKING_MEM))
                .build();
    }

    @Override
    public void clear() {
        super.clear();
        cachedFwdPass = null;
    }
}
