/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;

/** The host's workspaces for one pass, under the names that its passes insist on and that both kinds of network share. */
final class ShadowWorkspaces {
    private static final String ACTIVATIONS = "WS_ALL_LAYERS_ACT";
    private static final String WORKING = "WS_LAYER_WORKING_MEM";
    private static final String LOOP = "WS_RNN_LOOP_WORKING_MEM";

    private ShadowWorkspaces() {}

    static LayerWorkspaceMgr of(
            WorkspaceConfiguration activations, WorkspaceConfiguration working, WorkspaceConfiguration loop) {
        return LayerWorkspaceMgr.builder()
                .with(ArrayType.INPUT, ACTIVATIONS, activations)
                .with(ArrayType.ACTIVATIONS, ACTIVATIONS, activations)
                .with(ArrayType.FF_WORKING_MEM, WORKING, working)
                .with(ArrayType.BP_WORKING_MEM, WORKING, working)
                .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, LOOP, loop)
                .with(ArrayType.RNN_BP_LOOP_WORKING_MEM, LOOP, loop)
                .build();
    }
}
